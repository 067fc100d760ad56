using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Testing.Relays;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Tests.Relay;

/// <summary>Two devices with one key are found out, and told.</summary>
public sealed class FightTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Key_UsedInTurns_IsSaidToBothAndLoggedOnce()
    {
        await using var relay = new MemoryRelay();
        var key = relay.NewKey();
        var (one, two) = (await relay.ComesAsync(key), await relay.ComesAsync(key));
        List<RelayMessage> said = [];
        for (var turn = 0; turn < 2 * FightWatch.Turns; turn++)
        {
            said.AddRange(await (turn % 2 == 0 ? one : two).DrainAsync(Token));
        }

        Assert.Equal(2, said.OfType<RelayMessage.Health>().Count(health => health.Problem.Contains("another device", StringComparison.Ordinal)));
        var line = Assert.Single(relay.Log.Lines, line => line.Level == LogLevel.Warning);
        Assert.Contains(one.PublicKey.ToString(), line.Text, StringComparison.Ordinal);

        await two.DisposeAsync();
        Assert.Equal("", (await one.ReceiveAsync<RelayMessage.Health>(Token)).Problem);
    }

    [Fact]
    public async Task Key_ThatMovesNowAndThen_IsNoFight()
    {
        await using var relay = new MemoryRelay();
        var key = relay.NewKey();
        var (one, two) = (await relay.ComesAsync(key), await relay.ComesAsync(key));
        for (var turn = 0; turn < 3 * FightWatch.Turns; turn++)
        {
            Assert.Empty(await (turn % 2 == 0 ? one : two).DrainAsync(Token));
            relay.Pass((FightWatch.WindowSeconds / FightWatch.Turns) + 2);
        }

        Assert.DoesNotContain(relay.Log.Lines, line => line.Level == LogLevel.Warning);
    }
}
