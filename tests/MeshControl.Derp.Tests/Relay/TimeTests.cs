using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Relay;

/// <summary>Keep-alives, and clients that take or send nothing, by a clock that the test moves.</summary>
public sealed class TimeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KeepAlive_SilentConnection_ComesWithinItsTime()
    {
        await using var relay = new MemoryRelay();
        List<int> waits = [];
        for (var i = 0; i < 20; i++)
        {
            var client = await relay.ComesAsync();
            // The welcome has come; its writer may not have noticed yet, and a minute passes quickly here.
            await relay.Server.Hub.Registry.Find(client.PublicKey)!.Active!.Outbox.DrainAsync();
            var next = client.ReceiveAsync<RelayMessage.KeepAlive>(Token);
            var seconds = 0;
            // What is written arrives on another thread: between the 60th and the 65th second there is time for it.
            relay.Pass(60);
            Assert.False(next.IsCompleted);
            for (seconds = 60; seconds < 65; seconds++)
            {
                var written = client.PublicKey;
                relay.Pass(1);
                if (relay.Server.Hub.Registry.Find(written)!.Active!.Outbox.LastWrite == relay.Server.Hub.Clock.Seconds)
                {
                    break;
                }
            }

            Assert.InRange(seconds + 1, 60, 65);
            await next;
            waits.Add(seconds);
        }

        Assert.True(waits.Distinct().Count() > 1, "All connections are due after the same time.");
    }

    [Fact]
    public async Task KeepAlive_AfterOtherFrames_ComesThatMuchLater()
    {
        await using var relay = new MemoryRelay();
        var client = await relay.ComesAsync();
        relay.Pass(40);
        await client.DrainAsync(Token);
        var next = client.ReceiveAsync<RelayMessage.KeepAlive>(Token);
        relay.Pass(59);
        Assert.Equal(40, relay.Server.Hub.Registry.Find(client.PublicKey)!.Active!.Outbox.LastWrite);
        Assert.False(next.IsCompleted);
        relay.Pass(7);
        await next;
    }

    [Fact]
    public async Task KeepAlive_AgainAndAgain_KeepsItsPromise()
    {
        await using var relay = new MemoryRelay();
        var client = await relay.ComesAsync();
        for (var i = 0; i < 5; i++)
        {
            var next = client.ReceiveAsync<RelayMessage.KeepAlive>(Token);
            relay.Pass(66);
            await next;
        }
    }

    [Fact]
    public async Task Write_LongerThanTheLimit_EndsTheConnection()
    {
        var options = new RelayOptions { WriteTimeout = TimeSpan.FromSeconds(2) };
        await using var relay = new MemoryRelay(options);
        var sender = await relay.ComesAsync();
        var stalled = await relay.StallsAsync(sender, [1]);

        relay.Pass(2);
        Assert.False(relay.Server.Hub.Registry.Find(stalled.PublicKey)!.Active!.IsClosed);
        relay.Pass(1);

        Assert.Equal(new RelayMessage.PeerGone(stalled.PublicKey, PeerGoneReason.NotHere), await GoneAsync(sender, stalled));
    }

    [Fact]
    public async Task Write_ToAReaderThatIsSlowButReads_GoesOn()
    {
        await using var relay = new MemoryRelay();
        var sender = await relay.ComesAsync();
        var slow = await relay.ComesAsync(room: 1);
        for (var i = 0; i < 10; i++)
        {
            await sender.SendPacketAsync(slow.PublicKey, BitConverter.GetBytes(i), Token);
            await sender.DrainAsync(Token);
            relay.Pass(2);
            Assert.Equal(i, BitConverter.ToInt32((await slow.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes));
            await slow.DrainAsync(Token);
        }
    }

    [Fact]
    public async Task Write_ToAMeshPeer_MayTakeLonger()
    {
        var key = MeshControl.Protocol.Keys.DerpMeshKey.Generate();
        var options = new RelayOptions { MeshKey = key, MeshWriteTimeout = TimeSpan.FromSeconds(30) };
        await using var relay = new MemoryRelay(options);
        var sender = await relay.ComesAsync();
        var mesh = await relay.StallsAsync(sender, [1], new RelayLogin { MeshKey = key.ExportSecretText() });

        relay.Pass(30);
        Assert.False(relay.Server.Hub.Registry.Find(mesh.PublicKey)!.Active!.IsClosed);
        relay.Pass(1);
        await MemoryRelay.UntilAsync(() => relay.Server.Hub.Registry.Find(mesh.PublicKey) is null);
    }

    [Fact]
    public async Task Login_LongerThanItsTime_IsClosed()
    {
        var options = new RelayOptions { LoginTimeout = TimeSpan.FromSeconds(10) };
        await using var relay = new MemoryRelay(options);
        var client = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        await client.ReadGreetingAsync(Token);
        // Half of it is not enough.
        await client.SendRawAsync(client.LoginFrame().AsMemory(0, 50), Token);

        relay.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(relay.Served[0].IsCompleted);
        relay.Time.Advance(TimeSpan.FromSeconds(1));

        await relay.Served[0].WaitAsync(Token);
    }

    [Fact]
    public async Task Login_ThatIsThroughInTime_StaysForLonger()
    {
        await using var relay = new MemoryRelay();
        var client = await relay.ComesAsync();
        relay.Pass(30);
        Assert.Empty(await client.DrainAsync(Token));
    }

    /// <summary>Asks until the relay says that the peer is not here.</summary>
    private static async Task<RelayMessage> GoneAsync(RelayClient sender, RelayClient peer)
    {
        while (true)
        {
            await sender.SendPacketAsync(peer.PublicKey, Scripted.Party.Disco, Token);
            if ((await sender.DrainAsync(Token)).FirstOrDefault(message => message is RelayMessage.PeerGone) is { } gone)
            {
                return gone is RelayMessage.PeerGone { Reason: PeerGoneReason.Disconnected }
                    ? throw new InvalidOperationException("The sender got nothing from the peer.")
                    : gone;
            }
        }
    }
}
