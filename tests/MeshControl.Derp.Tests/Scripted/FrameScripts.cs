using MeshControl.Derp.Tests.Scripted.Sites;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted;

/// <summary>Frames besides packets: those that are answered, noted or skipped, and those that end a connection.</summary>
public abstract class FrameScripts(Func<Task<IRelaySite>> start, bool isShared) : RelayScripts(start, isShared)
{
    private const int PingLength = 8;

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(1_000)]
    public async Task Ping_OfAFitLength_IsAnsweredWithItsFirstEightBytes(int length)
    {
        await using var party = NewParty();
        var client = await party.ComesAsync();
        byte[] data = [1, 2, 3, 4, 5, 6, 7, 8, .. Enumerable.Repeat((byte)9, length - PingLength)];

        await client.SendFrameAsync(new RelayFrame(RelayFrameType.Ping, data), Token);

        Assert.Equal(0x0102030405060708u, (await client.ReceiveAsync<RelayMessage.Pong>(Token)).Data);
        Assert.Empty(await client.DrainAsync(Token));
    }

    [Theory]
    [InlineData(RelayFrameType.Ping, 7)]
    [InlineData(RelayFrameType.Ping, 0)]
    [InlineData(RelayFrameType.Ping, 1_001)]
    [InlineData(RelayFrameType.NotePreferred, 0)]
    [InlineData(RelayFrameType.NotePreferred, 2)]
    [InlineData(RelayFrameType.WatchConns, 0)]
    [InlineData(RelayFrameType.WatchConns, 1)]
    [InlineData(RelayFrameType.ClosePeer, 0)]
    [InlineData(RelayFrameType.ClosePeer, 32)]
    [InlineData(RelayFrameType.ForwardPacket, 0)]
    [InlineData(RelayFrameType.ForwardPacket, 63)]
    [InlineData(RelayFrameType.ForwardPacket, 64)]
    [InlineData(RelayFrameType.ForwardPacket, 100)]
    public async Task Frame_ThatIsNotAllowed_ClosesWithoutAWord(RelayFrameType type, int length)
    {
        await using var party = NewParty();
        var (client, other) = (await party.ComesAsync(), await party.ComesAsync());

        await client.SendFrameAsync(new RelayFrame(type, new byte[length]), Token);

        Assert.Empty(await client.ReceiveToEndAsync(Token));
        Assert.Empty(await other.DrainAsync(Token));
    }

    [Fact]
    public async Task ClosePeer_WithoutTheMeshKey_LeavesThePeerAlone()
    {
        await using var party = NewParty();
        var (client, other) = (await party.ComesAsync(), await party.ComesAsync());
        await client.ClosePeerAsync(other.PublicKey, Token);
        Assert.Empty(await client.ReceiveToEndAsync(Token));
        Assert.Empty(await other.DrainAsync(Token));
    }

    [Fact]
    public async Task ForwardPacket_WithoutTheMeshKey_ReachesNobody()
    {
        await using var party = NewParty();
        var (client, other) = (await party.ComesAsync(), await party.ComesAsync());
        await client.ForwardPacketAsync(party.Nobody(), other.PublicKey, new byte[] { 1 }, Token);
        Assert.Empty(await client.ReceiveToEndAsync(Token));
        Assert.Empty(await other.DrainAsync(Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NotePreferred_OfOneByte_IsTaken(bool isHome)
    {
        await using var party = NewParty();
        var client = await party.ComesAsync();
        await client.NotePreferredAsync(isHome, Token);
        await client.NotePreferredAsync(isHome, Token);
        await client.NotePreferredAsync(!isHome, Token);
        Assert.Empty(await client.DrainAsync(Token));
    }

    [Theory]
    [InlineData(0x00, 0)]
    [InlineData(0x0b, 1)]
    [InlineData(0x7f, 5)]
    [InlineData(0x16, 100_000)]
    [InlineData(0xff, 1_048_576)]
    [InlineData((int)RelayFrameType.Pong, 8)]
    [InlineData((int)RelayFrameType.Pong, 3)]
    [InlineData((int)RelayFrameType.ServerKey, 40)]
    [InlineData((int)RelayFrameType.ClientInfo, 109)]
    [InlineData((int)RelayFrameType.ServerInfo, 0)]
    [InlineData((int)RelayFrameType.RecvPacket, 33)]
    [InlineData((int)RelayFrameType.KeepAlive, 0)]
    [InlineData((int)RelayFrameType.PeerGone, 33)]
    [InlineData((int)RelayFrameType.PeerPresent, 51)]
    [InlineData((int)RelayFrameType.Health, 4)]
    [InlineData((int)RelayFrameType.Restarting, 8)]
    public async Task Frame_OfATypeThatIsNoneOfTheServers_IsSkipped(int type, int length)
    {
        await using var party = NewParty();
        var client = await party.ComesAsync();

        await client.SendFrameAsync(new RelayFrame((RelayFrameType)type, new byte[length]), Token);

        Assert.Empty(await client.DrainAsync(Token));
    }

    [Fact]
    public async Task Frames_OfAllKindsInOneWrite_AreAllDealtWith()
    {
        await using var party = NewParty();
        var client = await party.ComesAsync();
        var own = client.PublicKey.Bytes.Span.ToArray();
        RelayFrame[] frames =
        [
            RelayFrame.Of(RelayFrameType.NotePreferred, [1]),
            RelayFrame.Of(RelayFrameType.SendPacket, own, [1]),
            RelayFrame.Of((RelayFrameType)0x55, new byte[3_000]),
            RelayFrame.Of(RelayFrameType.SendPacket, own, Party.Disco),
            RelayFrame.Of((RelayFrameType)0x56),
            RelayFrame.Of(RelayFrameType.NotePreferred, [0]),
            RelayFrame.Of(RelayFrameType.SendPacket, own, new byte[RelayFrame.MaxPacketLength]),
        ];

        await client.SendRawAsync(frames.SelectMany(frame => frame.Encode()).ToArray(), Token);

        // Between the two queues there is no order, within one there is.
        var packets = (await client.DrainAsync(Token)).Cast<RelayMessage.Packet>().ToList();
        Assert.Equal(3, packets.Count);
        Assert.Single(packets, packet => packet.Bytes.SequenceEqual(Party.Disco));
        Assert.Equal([1, RelayFrame.MaxPacketLength], packets.Select(packet => packet.Bytes.Length).Where(length => length != Party.Disco.Length));
    }

    [Fact]
    public async Task Frame_CutOffByTheConnectionsEnd_LeavesOthersAlone()
    {
        await using var party = NewParty();
        var (client, other) = (await party.ComesAsync(), await party.ComesAsync());
        await client.SendPacketAsync(other.PublicKey, new byte[] { 1 }, Token);
        await other.ReceiveAsync<RelayMessage.Packet>(Token);
        await client.SendRawAsync(RelayFrame.Of(RelayFrameType.SendPacket, other.PublicKey.Bytes.Span.ToArray(), [1, 2]).Encode(1_000), Token);

        await client.DisposeAsync();

        Assert.Equal(new RelayMessage.PeerGone(client.PublicKey, PeerGoneReason.Disconnected), await other.ReceiveAsync(Token));
        Assert.Empty(await other.DrainAsync(Token));
    }
}
