using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;

namespace MeshControl.ClientTests;

/// <summary>Real clients that are not meant to stay.</summary>
public sealed class EphemeralTests
{
    [Fact]
    [Trait("Acceptance", "TestEphemeral")]
    public async Task Logout_AllEphemeralClients_AreGone()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);
        var key = await network.Meshctl.CreateKeyAsync(MeshNetwork.User, cancellationToken, "--ephemeral");
        await network.JoinAllAsync(_ => key);
        Assert.Equal(network.Clients.Count, (await network.Meshctl.ListNodesAsync(cancellationToken)).Count);

        await network.LogoutAllAsync();

        Assert.Empty(await network.Meshctl.ListNodesAsync(cancellationToken));
    }
}
