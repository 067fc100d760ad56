using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;

namespace MeshControl.ClientTests;

/// <summary>What people read who may not come in.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Up_UnknownKey_SaysSo(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartAsync(database, ClientPrograms.SupportedVersions);
        foreach (var client in network.Clients)
        {
            var result = await client.UpAsync(network.Url, "nobody-ever-made-this-key", TestContext.Current.CancellationToken);

            Assert.False(result.Succeeded);
            Assert.Contains("invalid authkey", result.Text, StringComparison.Ordinal);
        }

        Assert.Empty(await network.Meshctl.ListNodesAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Up_TooOldClient_IsToldToUpdate(DatabaseKind database)
    {
        Assert.SkipUnless(ClientPrograms.Require().HasVersions, "The installed client is of one version, which is not too old.");
        await using var network = await MeshNetwork.StartAsync(database, ClientPrograms.TooOldVersion);

        var result = await network.Clients[0].UpAsync(network.Url, network.Key, TestContext.Current.CancellationToken);

        Assert.False(result.Succeeded);
        Assert.Contains("client version too old; need Tailscale 1.80 or newer", result.Text, StringComparison.Ordinal);
        Assert.Empty(await network.Meshctl.ListNodesAsync(TestContext.Current.CancellationToken));
    }
}
