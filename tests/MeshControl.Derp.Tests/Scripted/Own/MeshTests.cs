using System.Net;
using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted.Own;

/// <summary>What other relays of the region say, who show the mesh key, and what is said to them.</summary>
public sealed class MeshTests
{
    private const string KeyText = "6d657368206b6579206f66207468652074657374732c206e6f7420612073650a";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static RelayLogin Login => new() { MeshKey = KeyText };

    [Fact]
    public async Task Watcher_IsToldWhoIsThereAndWhoComesAndGoes()
    {
        await using var relay = NewRelay();
        var early = await relay.ComesAsync();
        var prober = await relay.ComesAsync(login: new RelayLogin { IsProber = true });
        var watcher = await relay.ComesAsync(login: Login);

        await watcher.WatchAsync(Token);
        var told = Others(watcher, await watcher.DrainAsync(Token)).Cast<RelayMessage.PeerPresent>().ToDictionary(present => present.Peer);
        Assert.Equal(2, told.Count);
        Assert.Equal(PeerPresentFlags.Regular, told[early.PublicKey].Flags & (PeerPresentFlags.Regular | PeerPresentFlags.MeshPeer));
        Assert.True(told[prober.PublicKey].Flags.HasFlag(PeerPresentFlags.Prober));
        Assert.Equal(IPAddress.Parse("192.0.2.33"), told[early.PublicKey].Address.Address);
        Assert.NotEqual(told[early.PublicKey].Address, told[prober.PublicKey].Address);

        var late = await relay.ComesAsync();
        var present = await NextAsync<RelayMessage.PeerPresent>(watcher);
        Assert.Equal(late.PublicKey, present.Peer);

        await early.DisposeAsync();
        var gone = await NextAsync<RelayMessage.PeerGone>(watcher);
        Assert.Equal((early.PublicKey, PeerGoneReason.Disconnected), (gone.Peer, gone.Reason));
        Assert.Empty(Others(watcher, await watcher.DrainAsync(Token)));
    }

    [Fact]
    public async Task Watcher_IsToldOfAKeyGoneOnlyWithItsLastConnection()
    {
        await using var relay = NewRelay();
        var key = relay.NewKey();
        var watcher = await relay.ComesAsync(login: Login);
        await watcher.WatchAsync(Token);
        await watcher.DrainAsync(Token);
        var (first, second) = (await relay.ComesAsync(key), await relay.ComesAsync(key));
        // Two connects may be told as one.
        Assert.Equal(first.PublicKey, (await NextAsync<RelayMessage.PeerPresent>(watcher)).Peer);

        await first.DisposeAsync();
        await relay.Served[1];
        Assert.DoesNotContain(await watcher.DrainAsync(Token), message => message is RelayMessage.PeerGone);

        await second.DisposeAsync();
        Assert.Equal(new RelayMessage.PeerGone(second.PublicKey, PeerGoneReason.Disconnected), await NextAsync<RelayMessage.PeerGone>(watcher));
    }

    [Fact]
    public async Task Watchers_AreToldOfEachOtherAsMeshPeers()
    {
        await using var relay = NewRelay();
        var (first, second) = (await relay.ComesAsync(login: Login), await relay.ComesAsync(login: Login));
        await first.WatchAsync(Token);
        var present = Assert.IsType<RelayMessage.PeerPresent>(Assert.Single(Others(first, await first.DrainAsync(Token))));
        Assert.Equal(second.PublicKey, present.Peer);
        Assert.True(present.Flags.HasFlag(PeerPresentFlags.MeshPeer));
    }

    [Fact]
    public async Task Forwarded_Packet_ArrivesWithTheFirstSendersKey()
    {
        await using var relay = NewRelay();
        var (peer, reader) = (await relay.ComesAsync(login: Login), await relay.ComesAsync());
        var source = new NodePublicKey(relay.NewKey().PublicKey);

        await peer.ForwardPacketAsync(source, reader.PublicKey, new byte[] { 1, 2 }, Token);
        await peer.ForwardPacketAsync(source, reader.PublicKey, new byte[RelayFrame.MaxPacketLength], Token);
        await peer.ForwardPacketAsync(source, reader.PublicKey, default, Token);

        foreach (var length in new[] { 2, RelayFrame.MaxPacketLength, 0 })
        {
            var packet = await reader.ReceiveAsync<RelayMessage.Packet>(Token);
            Assert.Equal((source, length), (packet.Source, packet.Bytes.Length));
        }
    }

    [Fact]
    public async Task Forwarded_PacketForNobody_GoesNoFurther()
    {
        await using var relay = NewRelay();
        var peer = await relay.ComesAsync(login: Login);
        var elsewhere = new NodePublicKey(relay.NewKey().PublicKey);
        var forwarder = new RecordingForwarder();
        relay.Server.AddPacketForwarder(elsewhere, forwarder);

        await peer.ForwardPacketAsync(new NodePublicKey(relay.NewKey().PublicKey), elsewhere, Party.Disco, Token);

        Assert.DoesNotContain(await peer.DrainAsync(Token), message => message is RelayMessage.Packet);
        Assert.Empty(forwarder.Packets);
    }

    [Fact]
    public async Task Sent_PacketForAClientElsewhere_IsForwardedUntilItIsHere()
    {
        await using var relay = NewRelay();
        var sender = await relay.ComesAsync();
        var key = relay.NewKey();
        var forwarder = new RecordingForwarder();
        relay.Server.AddPacketForwarder(new NodePublicKey(key.PublicKey), forwarder);

        await sender.SendPacketAsync(new NodePublicKey(key.PublicKey), new byte[] { 1 }, Token);
        Assert.Empty(await sender.DrainAsync(Token));
        Assert.Equal([(sender.PublicKey, new NodePublicKey(key.PublicKey), "01")], forwarder.Packets);

        var here = await relay.ComesAsync(key);
        await sender.SendPacketAsync(here.PublicKey, new byte[] { 2 }, Token);
        Assert.Equal([2], (await here.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes);
        Assert.Single(forwarder.Packets);

        await here.DisposeAsync();
        await relay.Served[1];
        await sender.SendPacketAsync(here.PublicKey, new byte[] { 3 }, Token);
        Assert.Empty(await sender.DrainAsync(Token));
        Assert.Equal(["01", "03"], forwarder.Packets.Select(packet => packet.Bytes));
    }

    [Fact]
    public async Task ClosePeer_ClosesAllConnectionsOfTheKeyAndNoOthers()
    {
        await using var relay = NewRelay();
        var key = relay.NewKey();
        var peer = await relay.ComesAsync(login: Login);
        var (first, second, other) = (await relay.ComesAsync(key), await relay.ComesAsync(key), await relay.ComesAsync());

        await peer.ClosePeerAsync(first.PublicKey, Token);

        await first.ReceiveToEndAsync(Token);
        await second.ReceiveToEndAsync(Token);
        Assert.Empty(await other.DrainAsync(Token));
        await peer.ClosePeerAsync(first.PublicKey, Token);
        Assert.DoesNotContain(await peer.DrainAsync(Token), message => message is not RelayMessage.PeerGone);
    }

    [Theory]
    [InlineData(RelayFrameType.WatchConns, 1)]
    [InlineData(RelayFrameType.ClosePeer, 0)]
    [InlineData(RelayFrameType.ClosePeer, 31)]
    [InlineData(RelayFrameType.ClosePeer, 33)]
    [InlineData(RelayFrameType.ForwardPacket, 0)]
    [InlineData(RelayFrameType.ForwardPacket, 63)]
    [InlineData(RelayFrameType.ForwardPacket, RelayFrame.MaxPacketLength + 65)]
    public async Task Frame_OfABadLength_ClosesEvenAMeshPeer(RelayFrameType type, int length)
    {
        await using var relay = NewRelay();
        var peer = await relay.ComesAsync(login: Login);
        await peer.SendRawAsync(new RelayFrame(type, new byte[Math.Min(length, 64)]).Encode((uint)length), Token);
        Assert.Empty(await peer.ReceiveToEndAsync(Token));
    }

    [Theory]
    [InlineData("6d657368206b6579206f66207468652074657374732c206e6f7420612073650b", true)]
    [InlineData("6D657368206B6579206F66207468652074657374732C206E6F7420612073650B", true)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", true)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData(KeyText, false)]
    public async Task Key_ThatIsNotTheRelays_MakesNoMeshPeer(string key, bool relayHasOne)
    {
        await using var relay = relayHasOne ? NewRelay() : new MemoryRelay();
        var client = await relay.ComesAsync(login: new RelayLogin { MeshKey = key });
        Assert.Empty(await client.DrainAsync(Token));
        await client.WatchAsync(Token);
        Assert.Empty(await client.ReceiveToEndAsync(Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("6d65")]
    [InlineData("zz657368206b6579206f66207468652074657374732c206e6f7420612073650a")]
    public async Task Key_ThatIsNone_ClosesOrMakesNoMeshPeer(string key)
    {
        await using var relay = NewRelay();
        await using var client = RelayClient.Over(relay.Open(cancellationToken: CancellationToken.None), relay.NewKey());
        await client.ReadGreetingAsync(Token);
        byte[] both = [.. client.LoginFrame(new RelayLogin { MeshKey = key }), .. new RelayFrame(RelayFrameType.WatchConns, default).Encode()];
        await client.SendRawAsync(both, Token);
        if (await client.ReadFrameAsync(Token) is { } frame)
        {
            Assert.Equal(RelayFrameType.ServerInfo, frame.Type);
            Assert.Empty(await client.ReceiveToEndAsync(Token));
        }
    }

    [Fact]
    public async Task Peer_OfTheMesh_IsLetInWithoutAdmissionAndWithoutALimit()
    {
        await using var relay = NewRelay(new RelayOptions { BytesPerSecond = 1_000 });
        var reader = await relay.ComesAsync();
        relay.Admits = _ => ValueTask.FromResult(false);
        var peer = await relay.ComesAsync(login: Login);
        var source = new NodePublicKey(relay.NewKey().PublicKey);
        for (var i = 0; i < 20; i++)
        {
            await peer.ForwardPacketAsync(source, reader.PublicKey, new byte[RelayFrame.MaxPacketLength], Token);
            await reader.ReceiveAsync<RelayMessage.Packet>(Token);
        }
    }

    [Fact]
    public async Task Peer_ThatDoesNotRead_IsGivenHalfAMinute()
    {
        const int clients = 400;
        await using var relay = NewRelay();
        var peer = await relay.ComesAsync(login: Login, room: 256);
        await peer.WatchAsync(Token);
        await peer.ReceiveAsync(Token);
        for (var i = 0; i < clients; i++)
        {
            await relay.ComesAsync();
        }

        relay.Pass(25);
        Assert.False(relay.Served[0].IsCompleted);
        relay.Pass(8);
        await relay.Served[0];
    }

    private static MemoryRelay NewRelay(RelayOptions? options = null)
    {
        Assert.True(DerpMeshKey.TryParse(KeyText, out var key));
        return new MemoryRelay((options ?? new RelayOptions()) with { MeshKey = key });
    }

    /// <summary>Without what is about the watcher itself, which it may be told or not.</summary>
    private static List<RelayMessage> Others(RelayClient watcher, IEnumerable<RelayMessage> messages) =>
        [.. messages.Where(message => message is not RelayMessage.PeerPresent present || present.Peer != watcher.PublicKey)];

    private static async Task<T> NextAsync<T>(RelayClient watcher)
        where T : RelayMessage
    {
        while (true)
        {
            if (Others(watcher, [await watcher.ReceiveAsync(Token)]) is [var message])
            {
                return Assert.IsType<T>(message);
            }
        }
    }

    private sealed class RecordingForwarder : IPacketForwarder
    {
        private readonly List<(NodePublicKey Source, NodePublicKey Destination, string Bytes)> _packets = [];

        public IReadOnlyList<(NodePublicKey Source, NodePublicKey Destination, string Bytes)> Packets
        {
            get
            {
                lock (_packets)
                {
                    return [.. _packets];
                }
            }
        }

        public void Forward(NodePublicKey source, NodePublicKey destination, ReadOnlySpan<byte> packet)
        {
            lock (_packets)
            {
                _packets.Add((source, destination, Convert.ToHexStringLower(packet)));
            }
        }

        public void Flush()
        {
        }
    }
}
