using System.Net;
using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted.Own;

/// <summary>What clients notice of a relay that stops.</summary>
public sealed class StopTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_TellsEverybodyWhenToComeBackAndCloses()
    {
        await using var relay = new MemoryRelay();
        RelayClient[] clients = [await ComesAsync(relay), await ComesAsync(relay), await ComesAsync(relay)];
        await clients[0].SendPacketAsync(clients[1].PublicKey, new byte[] { 1 }, Token);
        await clients[0].DrainAsync(Token);

        await relay.Server.StopAsync(Token);

        foreach (var client in clients)
        {
            var last = await client.ReceiveToEndAsync(Token);
            var restarting = Assert.Single(last.OfType<RelayMessage.Restarting>());
            Assert.InRange(restarting.ReconnectIn, TimeSpan.Zero, TimeSpan.FromSeconds(5));
            Assert.True(restarting.TryFor > TimeSpan.Zero);
            Assert.Equal(client == clients[1] ? 1 : 0, last.OfType<RelayMessage.Packet>().Count());
        }
    }

    [Fact]
    public async Task Stop_WithAReaderThatDoesNotRead_TakesASecond()
    {
        await using var relay = new MemoryRelay();
        var (sender, stopped) = (await relay.ComesAsync(), await relay.ComesAsync(room: 64));
        for (var i = 0; i < 10; i++)
        {
            await sender.SendPacketAsync(stopped.PublicKey, new byte[1_000], Token);
        }

        await sender.DrainAsync(Token);
        var stopping = relay.Server.StopAsync(Token);
        Assert.False(stopping.IsCompleted);
        relay.Pass(1);
        await stopping;
    }

    [Fact]
    public async Task Stopped_Relay_LetsNobodyIn()
    {
        await using var relay = new MemoryRelay();
        await relay.Server.StopAsync(Token);
        await using var client = RelayClient.Over(relay.Open(cancellationToken: CancellationToken.None), relay.NewKey());
        Assert.Null(await client.ReadFrameAsync(Token));
    }

    /// <summary>A client whose connection, when it is cut, still delivers what is on its way, so that the test may read later.</summary>
    private static async Task<RelayClient> ComesAsync(MemoryRelay relay)
    {
        var (near, far) = MemoryStreamPair.Create();
        var link = new RelayLink(near, new IPEndPoint(IPAddress.Loopback, 1), () =>
        {
            near.Dispose();
            near.Abort();
        });
        _ = ServeAsync(relay, link, near);
        var client = RelayClient.Over(far, relay.NewKey());
        await client.LoginAsync(null, Token);
        return client;
    }

    private static async Task ServeAsync(MemoryRelay relay, RelayLink link, MemoryDuplexStream near)
    {
        await relay.Server.ServeAsync(link, Token);
        await near.DisposeAsync();
    }
}
