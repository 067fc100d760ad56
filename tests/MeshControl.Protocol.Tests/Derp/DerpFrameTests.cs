using System.Net;
using System.Text;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Tests.Derp;

public sealed class DerpFrameTests
{
    private static readonly NodePublicKey A = DerpVectors.Node(DerpVectors.APublic);
    private static readonly NodePublicKey B = DerpVectors.Node(DerpVectors.BPublic);

    private delegate int Writer(Span<byte> destination);

    [Fact]
    public void ServerKey_IsTheKnownAnswer()
    {
        var key = DerpPublicKey.Parse(DerpVectors.ServerPublic);
        var frame = Written(to => DerpFrame.WriteServerKey(to, key));
        Assert.Equal(DerpVectors.Hex("01 00000028 44455250f09f9491" + DerpVectors.ServerPublic), frame);
        Assert.True(DerpPayload.TryReadServerKey(frame.AsSpan(5), out var read));
        Assert.Equal(key, read);
    }

    [Fact]
    public void ServerKey_BadMagicOrShort_IsNone()
    {
        var payload = DerpVectors.Hex("44455250f09f9491" + DerpVectors.ServerPublic);
        Assert.True(DerpPayload.TryReadServerKey([.. payload, 1, 2, 3], out _));
        Assert.False(DerpPayload.TryReadServerKey(payload.AsSpan(0, 39), out _));
        payload[7] ^= 1;
        Assert.False(DerpPayload.TryReadServerKey(payload, out _));
    }

    [Fact]
    public void SmallFrames_AreTheKnownAnswers()
    {
        byte[] ping = [1, 2, 3, 4, 5, 6, 7, 8];
        Assert.Equal("0600000000", Text(to => DerpFrame.WriteEmpty(to, DerpFrameType.KeepAlive)));
        Assert.Equal("070000000101", Text(to => DerpFrame.WriteNotePreferred(to, true)));
        Assert.Equal("070000000100", Text(to => DerpFrame.WriteNotePreferred(to, false)));
        Assert.Equal("12000000080102030405060708", Text(to => DerpFrame.WritePing(to, DerpFrameType.Ping, ping)));
        Assert.Equal("13000000080102030405060708", Text(to => DerpFrame.WritePing(to, DerpFrameType.Pong, ping)));
        Assert.Equal("1000000000", Text(to => DerpFrame.WriteEmpty(to, DerpFrameType.WatchConns)));
        Assert.Equal("14000000096475706c6963617465", Text(to => DerpFrame.WriteHealth(to, "duplicate"u8)));
        Assert.Equal("1400000000", Text(to => DerpFrame.WriteHealth(to, [])));
        Assert.Equal(
            "1500000008000005dc00000bb8",
            Text(to => DerpFrame.WriteRestarting(to, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3))));
        Assert.Equal("0400010020", Text(to => DerpFrame.WriteHeader(to, DerpFrameType.SendPacket, DerpProtocol.MaxPacketFrameLength)));
    }

    [Fact]
    public void Packets_AreTheKnownAnswers()
    {
        Assert.Equal(
            "0400000025" + DerpVectors.BPublic + "68656c6c6f",
            Text(to => DerpFrame.WritePacket(to, DerpFrameType.SendPacket, B.Bytes.Span, "hello"u8)));
        Assert.Equal(
            "0500000025" + DerpVectors.APublic + "68656c6c6f",
            Text(to => DerpFrame.WritePacket(to, DerpFrameType.RecvPacket, A.Bytes.Span, "hello"u8)));
        Assert.Equal(
            "0a00000045" + DerpVectors.APublic + DerpVectors.BPublic + "68656c6c6f",
            Text(to => DerpFrame.WriteForwardPacket(to, A, B, "hello"u8)));
    }

    [Fact]
    public void Packet_RoundTrips()
    {
        var frame = Written(to => DerpFrame.WritePacket(to, DerpFrameType.RecvPacket, A.Bytes.Span, "hello"u8));
        Assert.True(DerpPayload.TryReadPacket(frame.AsSpan(5), out var source, out var packet));
        Assert.Equal(A, source);
        Assert.Equal("hello", Encoding.UTF8.GetString(packet));
        Assert.False(DerpPayload.TryReadPacket(frame.AsSpan(5, 31), out _, out _));
    }

    [Fact]
    public void PeerGone_IsTheKnownAnswer()
    {
        Assert.Equal("0800000021" + DerpVectors.APublic + "00", Text(to => DerpFrame.WritePeerGone(to, A, PeerGoneReason.Disconnected)));
        Assert.Equal("0800000021" + DerpVectors.APublic + "01", Text(to => DerpFrame.WritePeerGone(to, A, PeerGoneReason.NotHere)));

        Assert.True(DerpPayload.TryReadPeerGone(DerpVectors.Hex(DerpVectors.APublic + "01"), out var key, out var reason));
        Assert.Equal((A, PeerGoneReason.NotHere), (key, reason));
        Assert.True(DerpPayload.TryReadPeerGone(A.Bytes.Span, out _, out reason));
        Assert.Equal(PeerGoneReason.Disconnected, reason);
        Assert.False(DerpPayload.TryReadPeerGone(A.Bytes.Span[1..], out _, out _));
    }

    [Theory]
    [InlineData("192.0.2.33:54321", PeerPresentFlags.Regular, "00000000000000000000ffffc0000221 d431 01")]
    [InlineData("[2001:db8::7]:443", PeerPresentFlags.MeshPeer, "20010db8000000000000000000000007 01bb 02")]
    public void PeerPresent_IsTheKnownAnswer(string address, PeerPresentFlags flags, string rest)
    {
        var endpoint = IPEndPoint.Parse(address);
        var frame = Written(to => DerpFrame.WritePeerPresent(to, A, endpoint, flags));
        Assert.Equal(DerpVectors.Hex("09 00000033" + DerpVectors.APublic + rest), frame);
        Assert.Equal(DerpFrame.PeerPresentFrameLength, frame.Length);
        Assert.True(DerpPayload.TryReadPeerPresent(frame.AsSpan(5), out var present));
        Assert.Equal(new DerpPeerPresent(A, endpoint, flags), present);
    }

    [Theory]
    [InlineData(31, false, false, PeerPresentFlags.None)]
    [InlineData(32, true, false, PeerPresentFlags.None)]
    [InlineData(50, true, true, PeerPresentFlags.None)]
    [InlineData(51, true, true, PeerPresentFlags.Regular)]
    [InlineData(60, true, true, PeerPresentFlags.Regular)]
    public void PeerPresent_OfAnyAge_IsRead(int length, bool readable, bool hasAddress, PeerPresentFlags flags)
    {
        byte[] payload = [.. A.Bytes.Span, .. DerpVectors.Hex("00000000000000000000ffffc0000221 d431 01"), .. new byte[9]];
        Assert.Equal(readable, DerpPayload.TryReadPeerPresent(payload.AsSpan(0, length), out var present));
        Assert.Equal(hasAddress, present.Address is not null);
        Assert.Equal(flags, present.Flags);
    }

    [Fact]
    public void ClosePeer_IsTheKnownAnswer() =>
        Assert.Equal("1100000020" + DerpVectors.APublic, Text(to => DerpFrame.WriteClosePeer(to, A)));

    [Fact]
    public void Restarting_RoundTripsAndIsNotReadShort()
    {
        var frame = Written(to => DerpFrame.WriteRestarting(to, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3)));
        Assert.True(DerpPayload.TryReadRestarting(frame.AsSpan(5), out var reconnectIn, out var tryFor));
        Assert.Equal((1_500, 3_000), (reconnectIn.TotalMilliseconds, tryFor.TotalMilliseconds));
        Assert.False(DerpPayload.TryReadRestarting(frame.AsSpan(5, 7), out _, out _));
    }

    [Fact]
    public void Header_LengthBeyondAnyLimit_IsToldAsItIs() =>
        Assert.Equal(((DerpFrameType)0xee, uint.MaxValue), DerpFrame.ReadHeader([0xee, 0xff, 0xff, 0xff, 0xff]));

    [Fact]
    public void Limits_AreThoseOfTheProtocol()
    {
        Assert.Equal(0x10020, DerpProtocol.MaxPacketFrameLength);
        Assert.Equal(65_536 + 64, DerpProtocol.MaxForwardFrameLength);
        Assert.Equal(65_536, DerpProtocol.MaxPacketLength);
        Assert.Equal(1_000, DerpProtocol.MaxPingLength);
        Assert.Equal(1_024, DerpProtocol.MaxServerKeyLength);
        Assert.Equal(1_048_576, DerpProtocol.MaxFrameLength);
    }

    [Fact]
    public void Disco_IsToldByMagicAndLength()
    {
        byte[] disco = [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac, .. new byte[56]];
        Assert.Equal(DiscoPacket.MinLength, disco.Length);
        Assert.True(DiscoPacket.LooksLike(disco));
        Assert.False(DiscoPacket.LooksLike(disco.AsSpan(0, 61)));
        disco[5] = 0xad;
        Assert.False(DiscoPacket.LooksLike(disco));
    }

    private static byte[] Written(Writer write)
    {
        var buffer = new byte[256];
        return buffer[..write(buffer)];
    }

    private static string Text(Writer write) => Convert.ToHexStringLower(Written(write));
}
