using System.Collections.Concurrent;
using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Derp.Tests.Scripted;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Relay;

/// <summary>What other relays of the region may do here, and how packets get there.</summary>
public sealed class MeshTests
{
    private static readonly DerpMeshKey Key = DerpMeshKey.Generate();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static RelayLogin MeshLogin => new() { MeshKey = Key.ExportSecretText() };

    [Theory]
    [InlineData(RelayFrameType.WatchConns, 0)]
    [InlineData(RelayFrameType.ForwardPacket, 70)]
    [InlineData(RelayFrameType.ClosePeer, 32)]
    public async Task MeshFrame_WithoutTheKey_EndsTheConnection(RelayFrameType type, int length)
    {
        await using var relay = new MemoryRelay(new RelayOptions { MeshKey = Key });
        foreach (var login in new RelayLogin[] { new(), new() { MeshKey = DerpMeshKey.Generate().ExportSecretText() } })
        {
            var client = await relay.ComesAsync(login: login);
            await client.SendFrameAsync(RelayFrame.Of(type, new byte[length]), Token);
            Assert.Empty(await client.ReceiveToEndAsync(Token));
        }
    }

    [Fact]
    public async Task MeshFrame_WhereNobodyHasAKey_EndsTheConnection()
    {
        await using var relay = new MemoryRelay();
        var client = await relay.ComesAsync(login: MeshLogin);
        await client.WatchAsync(Token);
        Assert.Empty(await client.ReceiveToEndAsync(Token));
    }

    [Theory]
    [InlineData(RelayFrameType.WatchConns, 1)]
    [InlineData(RelayFrameType.ForwardPacket, 63)]
    [InlineData(RelayFrameType.ForwardPacket, 65_536 + 65)]
    [InlineData(RelayFrameType.ClosePeer, 31)]
    [InlineData(RelayFrameType.ClosePeer, 33)]
    public async Task MeshFrame_OfABadLength_EndsTheConnection(RelayFrameType type, int length)
    {
        await using var relay = new MemoryRelay(new RelayOptions { MeshKey = Key });
        var mesh = await relay.ComesAsync(login: MeshLogin, room: 1024 * 1024);
        await mesh.SendFrameAsync(RelayFrame.Of(type, new byte[length]), Token);
        Assert.Empty(await mesh.ReceiveToEndAsync(Token));
    }

    [Fact]
    public async Task MeshPeer_IsNotAskedFor()
    {
        await using var relay = new MemoryRelay(new RelayOptions { MeshKey = Key }) { Admits = _ => ValueTask.FromResult(false) };
        var mesh = await relay.ComesAsync(login: MeshLogin);
        Assert.Empty(await mesh.DrainAsync(Token));
    }

    [Fact]
    public async Task Watch_TellsWhoIsHereThenWhoComesAndGoes()
    {
        await using var relay = new MemoryRelay(new RelayOptions { MeshKey = Key });
        var early = await relay.ComesAsync();
        var mesh = await relay.ComesAsync(login: MeshLogin);

        await mesh.WatchAsync(Token);
        var told = await PresentAsync(mesh, 2);
        Assert.Equal(PeerPresentFlags.Regular, told[early.PublicKey].Flags);
        Assert.Equal(PeerPresentFlags.MeshPeer, told[mesh.PublicKey].Flags);
        Assert.Equal("192.0.2.33", told[early.PublicKey].Address.Address.ToString());

        var key = relay.NewKey();
        var prober = await relay.ComesAsync(key, new RelayLogin { IsProber = true });
        Assert.Equal(PeerPresentFlags.Prober, (await mesh.ReceiveAsync<RelayMessage.PeerPresent>(Token)).Flags);
        // Each connection is told, the end only of the last one.
        var again = await relay.ComesAsync(key);
        Assert.Equal(key.PublicKey, (await mesh.ReceiveAsync<RelayMessage.PeerPresent>(Token)).Peer.Bytes);
        await again.DisposeAsync();
        await relay.Served[3].WaitAsync(Token);
        Assert.Empty(await mesh.DrainAsync(Token));
        await prober.DisposeAsync();
        Assert.Equal(
            new RelayMessage.PeerGone(prober.PublicKey, PeerGoneReason.Disconnected), await mesh.ReceiveAsync<RelayMessage.PeerGone>(Token));
    }

    [Fact]
    public async Task Watch_WhileAClientComesAndGoesOften_IsToldItsLastStateOnce()
    {
        await using var relay = new MemoryRelay(new RelayOptions { MeshKey = Key });
        var mesh = await relay.ComesAsync(login: MeshLogin, room: 1);
        await mesh.WatchAsync(Token);
        await MemoryRelay.UntilAsync(() => relay.Server.Hub.Watchers.Count == 1);
        var key = relay.NewKey();
        for (var i = 0; i < 20; i++)
        {
            await (await relay.ComesAsync(key)).DisposeAsync();
            await relay.Served[^1].WaitAsync(Token);
        }

        Assert.Equal(mesh.PublicKey, (await mesh.ReceiveAsync<RelayMessage.PeerPresent>(Token)).Peer);
        var told = await mesh.DrainAsync(Token);
        // The pipe may have taken one more before it was full.
        Assert.InRange(told.Count, 1, 2);
        Assert.IsType<RelayMessage.PeerGone>(told[^1]);
    }

    [Fact]
    public async Task Forwarded_ReachesWhoIsHereAndIsNotForwardedAgain()
    {
        await using var relay = new MemoryRelay(new RelayOptions { MeshKey = Key });
        var receiver = await relay.ComesAsync();
        var mesh = await relay.ComesAsync(login: MeshLogin);
        var far = new NodePublicKey(relay.NewKey().PublicKey);
        var elsewhere = new NodePublicKey(relay.NewKey().PublicKey);
        var forwarder = new RecordingForwarder();
        relay.Server.AddPacketForwarder(elsewhere, forwarder);

        await mesh.ForwardPacketAsync(far, receiver.PublicKey, new byte[] { 1, 2 }, Token);
        await mesh.ForwardPacketAsync(far, elsewhere, new byte[] { 3 }, Token);

        var packet = await receiver.ReceiveAsync<RelayMessage.Packet>(Token);
        Assert.Equal(far, packet.Source);
        Assert.Equal([1, 2], packet.Bytes);
        await mesh.DrainAsync(Token);
        Assert.Empty(forwarder.Packets);
        Assert.Equal(1, relay.Server.Metrics.Dropped(DropReason.UnknownDestinationOnForward, isDisco: false));
    }

    [Fact]
    public async Task Packet_ForSomebodyElsewhere_GoesToTheRelayThatKnewItFirst()
    {
        await using var relay = new MemoryRelay();
        var sender = await relay.ComesAsync();
        var far = new NodePublicKey(relay.NewKey().PublicKey);
        RecordingForwarder first = new(), second = new();
        relay.Server.AddPacketForwarder(far, first);
        relay.Server.AddPacketForwarder(far, second);
        relay.Server.AddPacketForwarder(far, first);

        await sender.SendPacketAsync(far, new byte[] { 1 }, Token);
        await sender.DrainAsync(Token);
        relay.Server.RemovePacketForwarder(far, first);
        await sender.SendPacketAsync(far, new byte[] { 2 }, Token);
        await sender.DrainAsync(Token);
        relay.Server.RemovePacketForwarder(far, second);
        relay.Server.RemovePacketForwarder(far, second);
        await sender.SendPacketAsync(far, Party.Disco, Token);

        Assert.Equal([new RelayMessage.PeerGone(far, PeerGoneReason.NotHere)], await sender.DrainAsync(Token));
        Assert.Equal([(sender.PublicKey, far, 1)], first.Packets);
        Assert.Equal([(sender.PublicKey, far, 2)], second.Packets);
        Assert.True(first.IsFlushed && second.IsFlushed);
    }

    [Fact]
    public async Task Packet_ForSomebodyHereAndElsewhere_StaysHere()
    {
        await using var relay = new MemoryRelay();
        var (sender, receiver) = (await relay.ComesAsync(), await relay.ComesAsync());
        var forwarder = new RecordingForwarder();
        relay.Server.AddPacketForwarder(receiver.PublicKey, forwarder);

        await sender.SendPacketAsync(receiver.PublicKey, new byte[] { 1 }, Token);
        await receiver.ReceiveAsync<RelayMessage.Packet>(Token);
        // It goes, but is still in the region.
        await receiver.DisposeAsync();
        await relay.Served[1].WaitAsync(Token);
        await sender.SendPacketAsync(receiver.PublicKey, new byte[] { 2 }, Token);

        Assert.Empty(await sender.DrainAsync(Token));
        Assert.Equal([(sender.PublicKey, receiver.PublicKey, 2)], forwarder.Packets);
    }

    [Fact]
    public async Task SourceElsewhere_ThatEnds_IsToldToThoseItReached()
    {
        await using var relay = new MemoryRelay(new RelayOptions { MeshKey = Key });
        var (receiver, other) = (await relay.ComesAsync(), await relay.ComesAsync());
        var mesh = await relay.ComesAsync(login: MeshLogin);
        var far = new NodePublicKey(relay.NewKey().PublicKey);
        var forwarder = new RecordingForwarder();
        relay.Server.AddPacketForwarder(far, forwarder);
        await mesh.ForwardPacketAsync(far, receiver.PublicKey, new byte[] { 1 }, Token);
        await receiver.ReceiveAsync<RelayMessage.Packet>(Token);

        relay.Server.RemovePacketForwarder(far, forwarder);

        Assert.Equal(new RelayMessage.PeerGone(far, PeerGoneReason.Disconnected), await receiver.ReceiveAsync(Token));
        Assert.Empty(await other.DrainAsync(Token));
    }

    [Fact]
    public async Task ClosePeer_EndsAllConnectionsOfTheKey()
    {
        await using var relay = new MemoryRelay(new RelayOptions { MeshKey = Key });
        var key = relay.NewKey();
        await relay.ComesAsync(key);
        await relay.ComesAsync(key);
        var mesh = await relay.ComesAsync(login: MeshLogin);
        await mesh.ClosePeerAsync(new NodePublicKey(key.PublicKey), Token);
        await Task.WhenAll(relay.Served.Take(2)).WaitAsync(Token);
        Assert.Empty(await mesh.DrainAsync(Token));
    }

    [Fact]
    public async Task MeshPeer_IsNotHeldBackByTheRate()
    {
        await using var relay = new MemoryRelay(new RelayOptions { MeshKey = Key, BytesPerSecond = 1 });
        var receiver = await relay.ComesAsync(room: 1024 * 1024);
        var mesh = await relay.ComesAsync(login: MeshLogin);
        Assert.False(mesh.ServerInfo.TryGetProperty("TokenBucketBytesPerSecond", out _));
        for (var i = 0; i < 5; i++)
        {
            await mesh.ForwardPacketAsync(mesh.PublicKey, receiver.PublicKey, new byte[65_536], Token);
            await receiver.ReceiveAsync<RelayMessage.Packet>(Token);
        }
    }

    private static async Task<Dictionary<NodePublicKey, RelayMessage.PeerPresent>> PresentAsync(RelayClient mesh, int count)
    {
        Dictionary<NodePublicKey, RelayMessage.PeerPresent> told = [];
        while (told.Count < count)
        {
            var present = await mesh.ReceiveAsync<RelayMessage.PeerPresent>(Token);
            told.Add(present.Peer, present);
        }

        return told;
    }

    private sealed class RecordingForwarder : IPacketForwarder
    {
        private readonly ConcurrentQueue<(NodePublicKey Source, NodePublicKey Destination, int First)> _packets = new();

        public IEnumerable<(NodePublicKey Source, NodePublicKey Destination, int First)> Packets => _packets;

        public bool IsFlushed { get; private set; }

        public void Forward(NodePublicKey source, NodePublicKey destination, ReadOnlySpan<byte> packet) =>
            _packets.Enqueue((source, destination, packet[0]));

        public void Flush() => IsFlushed = !_packets.IsEmpty;
    }
}
