using System.Text;
using MeshControl.Derp.Client;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Time;

namespace MeshControl.Derp.Tests.Mesh;

/// <summary>Two and three relays that are one region.</summary>
public sealed class MeshTests : IAsyncDisposable
{
    /// <summary>A disco message as far as a relay can tell.</summary>
    private static readonly byte[] Disco = [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac, .. new byte[56]];

    private readonly ManualTimeProvider _time = new();
    private readonly DerpMeshKey _meshKey = DerpMeshKey.Generate();
    private readonly List<IAsyncDisposable> _all = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Packet_ToAClientOfAnotherRelay_Arrives()
    {
        var relays = Region(2);
        var (a, b) = (await ComesAsync(relays[0]), await ComesAsync(relays[1]));
        await KnowEachOtherAsync(relays, a.Key, b.Key);

        await SendAsync(a, b.Key, "there"u8.ToArray());
        Assert.Equal((a.Key, "there"), await ReceiveAsync(b));
        await SendAsync(b, a.Key, "and back"u8.ToArray());
        Assert.Equal((b.Key, "and back"), await ReceiveAsync(a));
        await SendAsync(a, b.Key, new byte[DerpProtocol.MaxPacketLength]);
        Assert.Equal(DerpProtocol.MaxPacketLength, (await ReceiveAsync(b)).Text.Length);
    }

    [Fact]
    public async Task Packet_InARegionOfThree_TakesOneHop()
    {
        var relays = Region(3);
        var clients = new[] { await ComesAsync(relays[0]), await ComesAsync(relays[1]), await ComesAsync(relays[2]) };
        await KnowEachOtherAsync(relays, [.. clients.Select(client => client.Key)]);

        foreach (var from in clients)
        {
            foreach (var to in clients)
            {
                await SendAsync(from, to.Key, "x"u8.ToArray());
                Assert.Equal((from.Key, "x"), await ReceiveAsync(to));
            }
        }
    }

    [Fact]
    public async Task Packet_WhereARelayIsMissingFromTheMesh_DoesNotTakeTwoHops()
    {
        // In a row: the one in the middle knows both others, which do not know each other.
        var (left, middle, right) = (Add(), Add(), Add());
        left.Join(middle);
        middle.Join(left, right);
        right.Join(middle);
        var (a, b, c) = (await ComesAsync(left), await ComesAsync(middle), await ComesAsync(right));
        await MemoryRelay.UntilAsync(() => left.Forwards(b.Key) && middle.Forwards(c.Key) && right.Forwards(b.Key));

        await SendAsync(a, c.Key, Disco);
        Assert.Equal((c.Key, PeerGoneReason.NotHere), await ReceiveGoneAsync(a));

        // What a mesh peer forwards for a client elsewhere ends there.
        await using var peer = await ConnectAsync(middle, X25519PrivateKey.Generate(), _meshKey);
        var frame = new byte[DerpFrame.ForwardOverhead + 1];
        DerpFrame.WriteForwardPacket(frame, a.Key, c.Key, "x"u8);
        await peer.SendAsync((byte[])[.. frame, 0x12, 0, 0, 0, 8, .. new byte[8]], Token);
        Assert.Equal(DerpFrameType.Pong, (await peer.ReceiveAsync(Token))?.Type);
        await SendAsync(b, c.Key, "y"u8.ToArray());
        Assert.Equal((b.Key, "y"), await ReceiveAsync(c));
    }

    [Fact]
    public async Task Client_LeavesTheOtherRelay_IsGoneForWhoHeardOfIt()
    {
        var relays = Region(2);
        var (a, b) = (await ComesAsync(relays[0]), await ComesAsync(relays[1]));
        await KnowEachOtherAsync(relays, a.Key, b.Key);
        await SendAsync(b, a.Key, "x"u8.ToArray());
        await ReceiveAsync(a);

        await b.Connection.DisposeAsync();

        Assert.Equal((b.Key, PeerGoneReason.Disconnected), await ReceiveGoneAsync(a));
        Assert.False(relays[0].Forwards(b.Key));
    }

    [Fact]
    public async Task Client_MovesToTheOtherRelay_IsReachedThere()
    {
        var relays = Region(2);
        var key = X25519PrivateKey.Generate();
        var (a, b) = (await ComesAsync(relays[0]), await ComesAsync(relays[1], key));
        await KnowEachOtherAsync(relays, a.Key, b.Key);

        var moved = await ComesAsync(relays[0], key);
        await SendAsync(a, b.Key, "here"u8.ToArray());
        Assert.Equal((a.Key, "here"), await ReceiveAsync(moved));
        await moved.Connection.DisposeAsync();
        await MemoryRelay.UntilAsync(() => !relays[0].Has(b.Key));
        await SendAsync(a, b.Key, "there"u8.ToArray());
        Assert.Equal((a.Key, "there"), await ReceiveAsync(b));
    }

    [Fact]
    public async Task Relay_Dies_ItsClientsAreGoneAndComeBackWithIt()
    {
        var relays = Region(2);
        var key = X25519PrivateKey.Generate();
        var (a, b) = (await ComesAsync(relays[0]), await ComesAsync(relays[1], key));
        await KnowEachOtherAsync(relays, a.Key, b.Key);
        await SendAsync(b, a.Key, "x"u8.ToArray());
        await ReceiveAsync(a);

        await relays[1].KillAsync();
        Assert.Equal((b.Key, PeerGoneReason.Disconnected), await ReceiveGoneAsync(a));
        await MemoryRelay.UntilAsync(() => !relays[0].Mesh.Links[0].IsConnected);
        Assert.False(relays[0].Forwards(b.Key));
        await SendAsync(a, b.Key, Disco);
        Assert.Equal((b.Key, PeerGoneReason.NotHere), await ReceiveGoneAsync(a));

        relays[1].Start();
        relays[1].Join(relays);
        var back = await ComesAsync(relays[1], key);
        await MemoryRelay.UntilAsync(() =>
        {
            // The link may begin to wait at any moment.
            _time.Advance(TimeSpan.FromMilliseconds(1));
            return relays[0].Forwards(b.Key);
        });
        await SendAsync(a, b.Key, "again"u8.ToArray());
        Assert.Equal((a.Key, "again"), await ReceiveAsync(back));
    }

    [Fact]
    public async Task Relay_AnotherMeshKey_IsNotOfTheRegion()
    {
        var (one, stranger) = (Add(), Add(DerpMeshKey.Generate()));
        one.Relays.Add(stranger.PublicKey);
        stranger.Relays.Add(one.PublicKey);
        one.Join(stranger);
        stranger.Join(one);
        var (a, b) = (await ComesAsync(one), await ComesAsync(stranger));

        await MemoryRelay.UntilAsync(() => one.Log.Lines.Any(line => line.Text.Contains(
            "It does not take this one for a relay of its region: see that both have the same mesh key.", StringComparison.Ordinal)));
        await SendAsync(a, b.Key, Disco);

        Assert.Equal((b.Key, PeerGoneReason.NotHere), await ReceiveGoneAsync(a));
        Assert.False(stranger.Mesh.Links[0].IsConnected);
    }

    [Fact]
    public async Task Relay_InItsOwnList_LeavesItselfOut()
    {
        var relays = Region(2);

        // Both were given the same list.
        await MemoryRelay.UntilAsync(() => relays.All(relay => relay.Log.Lines.Any(
            line => line.Text.Contains("is this relay itself; it is left out", StringComparison.Ordinal))));
        await MemoryRelay.UntilAsync(() => relays.All(relay => relay.Mesh.Links.Count(link => link.IsConnected) == 1));
    }

    [Fact]
    public async Task ClosePeer_OfAMeshPeer_ClosesTheClient()
    {
        var relays = Region(2);
        var a = await ComesAsync(relays[0]);
        await using var peer = await ConnectAsync(relays[0], X25519PrivateKey.Generate(), _meshKey);

        var frame = new byte[DerpProtocol.HeaderLength + KeyBytes.Length];
        DerpFrame.WriteClosePeer(frame, a.Key);
        await peer.SendAsync(frame, Token);

        Assert.Null(await a.Connection.ReceiveAsync(Token));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _all.AsEnumerable().Reverse())
        {
            await one.DisposeAsync();
        }
    }

    private static async Task SendAsync(Party from, NodePublicKey to, byte[] packet)
    {
        var frame = new byte[DerpFrame.PacketOverhead + packet.Length];
        DerpFrame.WritePacket(frame, DerpFrameType.SendPacket, to.Bytes.Span, packet);
        Assert.True(await from.Connection.SendAsync(frame, Token));
    }

    /// <summary>Tests that move the clock on until something has happened may make relays send keep-alives meanwhile.</summary>
    private static async Task<RelayFrame?> ReceiveFrameAsync(Party to)
    {
        RelayFrame? frame;
        do
        {
            frame = await to.Connection.ReceiveAsync(Token);
        }
        while (frame?.Type == DerpFrameType.KeepAlive);

        return frame;
    }

    private static async Task<(NodePublicKey From, string Text)> ReceiveAsync(Party to)
    {
        var frame = await ReceiveFrameAsync(to);
        Assert.Equal(DerpFrameType.RecvPacket, frame?.Type);
        Assert.True(DerpPayload.TryReadPacket(frame!.Value.Payload.Span, out var source, out var packet));
        return (source, Encoding.ASCII.GetString(packet));
    }

    private static async Task<(NodePublicKey Peer, PeerGoneReason Reason)> ReceiveGoneAsync(Party to)
    {
        var frame = await ReceiveFrameAsync(to);
        Assert.Equal(DerpFrameType.PeerGone, frame?.Type);
        Assert.True(DerpPayload.TryReadPeerGone(frame!.Value.Payload.Span, out var peer, out var reason));
        return (peer, reason);
    }

    /// <summary>Until each relay knows all clients.</summary>
    private static Task KnowEachOtherAsync(MeshedRelay[] relays, params NodePublicKey[] clients) =>
        MemoryRelay.UntilAsync(() => relays.All(relay => clients.All(client => relay.Has(client) || relay.Forwards(client))));

    private MeshedRelay Add(DerpMeshKey? meshKey = null)
    {
        var relay = new MeshedRelay(_time, meshKey ?? _meshKey);
        _all.Add(relay);
        return relay;
    }

    /// <summary>Each is given the list of all, itself included.</summary>
    private MeshedRelay[] Region(int count)
    {
        var relays = Enumerable.Range(0, count).Select(_ => Add()).ToArray();
        Array.ForEach(relays, relay => relay.Join(relays));
        return relays;
    }

    private async Task<Party> ComesAsync(MeshedRelay relay, X25519PrivateKey? key = null)
    {
        key ??= X25519PrivateKey.Generate();
        var connection = await ConnectAsync(relay, key, null);
        _all.Add(connection);
        return new Party(new NodePublicKey(key.PublicKey), connection);
    }

    private async Task<RelayClient> ConnectAsync(MeshedRelay relay, X25519PrivateKey key, DerpMeshKey? meshKey)
    {
        var connected = await RelayClient.ConnectAsync(relay.Endpoint, key, new RelayClientOptions { MeshKey = meshKey }, _time, Token);
        Assert.Null(connected.Failure);
        return connected.Value!;
    }

    private sealed record Party(NodePublicKey Key, RelayClient Connection);
}
