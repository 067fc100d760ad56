using MeshControl.Derp.Tests.Scripted.Sites;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted;

/// <summary>Packets, and what becomes of those for nobody.</summary>
public abstract class PacketScripts(Func<Task<IRelaySite>> start, bool isShared) : RelayScripts(start, isShared)
{
    private const int NoticeBurst = 3;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_200)]
    [InlineData(16_384)]
    [InlineData(RelayFrame.MaxPacketLength)]
    public async Task Send_ToAnother_ArrivesWithTheSendersKey(int length)
    {
        await using var party = NewParty();
        var (from, to) = (await party.ComesAsync(), await party.ComesAsync());
        var bytes = Bytes(length);

        await from.SendPacketAsync(to.PublicKey, bytes, Token);

        var packet = await to.ReceiveAsync<RelayMessage.Packet>(Token);
        Assert.Equal(from.PublicKey, packet.Source);
        Assert.Equal(bytes, packet.Bytes);
    }

    [Fact]
    public async Task Send_ToOneself_Arrives()
    {
        await using var party = NewParty();
        var client = await party.ComesAsync();
        await client.SendPacketAsync(client.PublicKey, new byte[] { 7 }, Token);
        var packet = await client.ReceiveAsync<RelayMessage.Packet>(Token);
        Assert.Equal(client.PublicKey, packet.Source);
        Assert.Equal([7], packet.Bytes);
    }

    [Fact]
    public async Task Send_ByteByByte_Arrives()
    {
        await using var party = NewParty();
        var (from, to) = (await party.ComesAsync(), await party.ComesAsync());
        // None of them disco, which has a queue of its own and may overtake.
        byte[][] packets = [Bytes(100), [], [1], Bytes(62)];
        var frames = packets.SelectMany(packet => SendFrame(to, packet)).ToArray();

        await from.SendByteByByteAsync(frames, Token);

        foreach (var expected in packets)
        {
            Assert.Equal(expected, (await to.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes);
        }
    }

    [Fact]
    public async Task Send_ManyInOneWrite_ArriveInOrder()
    {
        await using var party = NewParty();
        var (from, to) = (await party.ComesAsync(), await party.ComesAsync());
        // Fewer than the queue holds, so that none has to go.
        var frames = Enumerable.Range(0, 30).SelectMany(i => SendFrame(to, [(byte)i])).ToArray();

        await from.SendRawAsync(frames, Token);

        for (var i = 0; i < 30; i++)
        {
            var packet = await to.ReceiveAsync<RelayMessage.Packet>(Token);
            Assert.Equal([(byte)i], packet.Bytes);
        }
    }

    [Theory]
    [InlineData(RelayFrame.MaxPacketLength + KeyBytes.Length + 1)]
    [InlineData(uint.MaxValue)]
    [InlineData(KeyBytes.Length - 1)]
    [InlineData(0u)]
    public async Task Send_OfABadLength_Closes(uint length)
    {
        await using var party = NewParty();
        var client = await party.ComesAsync();
        // Never more of it than the key, so the relay has to decide by the length alone.
        var sent = new RelayFrame(RelayFrameType.SendPacket, new byte[Math.Min(length, KeyBytes.Length)]);

        await client.SendRawAsync(sent.Encode(length), Token);

        Assert.Empty(await client.ReceiveToEndAsync(Token));
    }

    [Fact]
    public async Task Send_DiscoToNobody_IsToldThreeTimes()
    {
        await using var party = NewParty();
        var client = await party.ComesAsync();
        var nobody = party.Nobody();
        var frames = Enumerable.Range(0, 10).SelectMany(_ => SendFrame(nobody, Party.Disco)).ToArray();

        await client.SendRawAsync(frames, Token);

        // Not by a ping: its answer may overtake them.
        for (var i = 0; i < NoticeBurst; i++)
        {
            Assert.Equal(new RelayMessage.PeerGone(nobody, PeerGoneReason.NotHere), await client.ReceiveAsync(Token));
        }

        Assert.Empty(await client.DrainAsync(Token));
    }

    [Fact]
    public async Task Send_DataToNobody_IsToldNothing()
    {
        await using var party = NewParty();
        var client = await party.ComesAsync();
        var nobody = party.Nobody();
        byte[] almostMagic = [.. Party.Disco];
        almostMagic[5] ^= 1;

        await client.SendPacketAsync(nobody, Bytes(100), Token);
        await client.SendPacketAsync(nobody, Party.Disco.AsMemory(0, Party.Disco.Length - 1), Token);
        await client.SendPacketAsync(nobody, almostMagic, Token);
        await client.SendPacketAsync(nobody, default, Token);

        Assert.Empty(await client.DrainAsync(Token));
    }

    [Fact]
    public async Task Send_ToAZeroKey_IsToldLikeAnyOther()
    {
        await using var party = NewParty();
        var client = await party.ComesAsync();
        await client.SendPacketAsync(default, Party.Disco, Token);
        Assert.Equal([new RelayMessage.PeerGone(default, PeerGoneReason.NotHere)], await client.DrainAsync(Token));
    }

    [Fact]
    public async Task Send_ThousandsBothWays_KeepTheirOrderAndBytes()
    {
        await using var party = NewParty();
        var (left, right) = (await party.ComesAsync(), await party.ComesAsync());
        const int rounds = 200;
        const int atOnce = 16;
        for (var round = 0; round < rounds; round++)
        {
            // Each waits for the other before the next lot, so no queue ever overflows.
            await SendLotAsync(left, right, round, atOnce);
            await SendLotAsync(right, left, round, atOnce);
            await ReceiveLotAsync(right, left, round, atOnce);
            await ReceiveLotAsync(left, right, round, atOnce);
        }
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

    private static byte[] SendFrame(RelayClient to, byte[] packet) => SendFrame(to.PublicKey, packet);

    private static byte[] SendFrame(NodePublicKey to, byte[] packet) =>
        RelayFrame.Of(RelayFrameType.SendPacket, to.Bytes.Span.ToArray(), packet).Encode();

    private static byte[] Lot(int round, int index) => [.. BitConverter.GetBytes(round), (byte)index, .. Bytes((round * 31 % 1_400) + index)];

    private static ValueTask SendLotAsync(RelayClient from, RelayClient to, int round, int count) =>
        from.SendRawAsync(Enumerable.Range(0, count).SelectMany(i => SendFrame(to, Lot(round, i))).ToArray(), Token);

    private static async Task ReceiveLotAsync(RelayClient at, RelayClient from, int round, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var packet = await at.ReceiveAsync<RelayMessage.Packet>(Token);
            Assert.Equal(from.PublicKey, packet.Source);
            Assert.Equal(Lot(round, i), packet.Bytes);
        }
    }
}
