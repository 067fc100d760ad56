using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Servers;

namespace MeshControl.ClientTests;

/// <summary>Clients that are switched off and on.</summary>
public sealed class UpDownTests
{
    private const int Rounds = 5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestPingAllByIPManyUpDown")]
    public async Task DownAndUp_FiveTimes_AreAllOfflineAndAllBack()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(network.Clients.Select(async client => (await client.RunAsync(Token, "down")).OrThrow()));
            await network.NobodyIsOnlineAsync();

            await network.JoinAllAsync();
            await network.EverybodyReachesEverybodyAsync();
        }
    }
}
