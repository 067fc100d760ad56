using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Relay;

/// <summary>A relay that stops.</summary>
public sealed class ShutdownTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_TellsEveryClientATimeOfItsOwnAndCloses()
    {
        await using var relay = new MemoryRelay();
        List<RelayClient> clients = [await relay.ComesAsync(), await relay.ComesAsync(), await relay.ComesAsync()];

        var stop = relay.Server.StopAsync(Token);

        List<TimeSpan> times = [];
        foreach (var client in clients)
        {
            var message = await client.ReceiveAsync<RelayMessage.Restarting>(Token);
            Assert.InRange(message.ReconnectIn, TimeSpan.Zero, TimeSpan.FromSeconds(5));
            Assert.True(message.TryFor > TimeSpan.Zero);
            times.Add(message.ReconnectIn);
        }

        await stop;
        Assert.Equal(3, times.Distinct().Count());
        Assert.All(relay.Served, task => Assert.True(task.IsCompleted));
    }

    [Fact]
    public async Task Stop_ClientThatDoesNotRead_IsWaitedForSoLongAndNoLonger()
    {
        await using var relay = new MemoryRelay(new RelayOptions { DrainTimeout = TimeSpan.FromSeconds(1) });
        var sender = await relay.ComesAsync();
        await relay.StallsAsync(sender, [1]);

        var stop = relay.Server.StopAsync(Token);
        await sender.ReceiveAsync<RelayMessage.Restarting>(Token);
        relay.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(stop.IsCompleted);
        relay.Time.Advance(TimeSpan.FromMilliseconds(1));
        await stop;
    }

    [Fact]
    public async Task Stop_ClientThatReads_GetsWhatWaited()
    {
        await using var relay = new MemoryRelay();
        var sender = await relay.ComesAsync();
        var slow = await relay.ComesAsync(room: 1);
        for (var i = 0; i < 3; i++)
        {
            await sender.SendPacketAsync(slow.PublicKey, new[] { (byte)i }, Token);
            await sender.DrainAsync(Token);
        }

        var stop = relay.Server.StopAsync(Token);
        List<RelayMessage> messages = [];
        for (var i = 0; i < 4; i++)
        {
            messages.Add(await slow.ReceiveAsync(Token));
        }

        await stop;
        Assert.Equal([0, 1, 2], messages.OfType<RelayMessage.Packet>().Select(packet => (int)packet.Bytes[0]));
        Assert.Single(messages.OfType<RelayMessage.Restarting>());
    }

    [Fact]
    public async Task Stop_EndsLoginsAndLetsNobodyIn()
    {
        await using var relay = new MemoryRelay();
        var half = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        await half.ReadGreetingAsync(Token);

        await relay.Server.StopAsync(Token);

        await relay.Served[0].WaitAsync(Token);
        var late = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        Assert.Empty(await late.ReceiveToEndAsync(Token));
        await relay.Server.StopAsync(Token);
    }

    [Fact]
    public async Task Serve_TokenCancelled_EndsThatConnectionAlone()
    {
        await using var relay = new MemoryRelay();
        using var cancel = new CancellationTokenSource();
        var other = await relay.ComesAsync();
        var client = RelayClient.Over(relay.Open(cancellationToken: cancel.Token), relay.NewKey());
        await client.LoginAsync(null, Token);

        await cancel.CancelAsync();

        await relay.Served[1].WaitAsync(Token);
        Assert.Empty(await other.DrainAsync(Token));
    }
}
