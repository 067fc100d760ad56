using System.Buffers.Binary;
using System.Net;
using MeshControl.Protocol.Stun;

namespace MeshControl.Protocol.Tests.Stun;

public sealed class StunMessageTests
{
    private const string Header = "000100142112a442101112131415161718191a1b";
    private const string Software = "802200087461696c6e6f6465";
    private const string Fingerprint = "80280004ac276261";
    private const string Request = Header + Software + Fingerprint;
    private const string AnswerHeaderV4 = "0101000c2112a442101112131415161718191a1b";
    private const string AnswerV4 = AnswerHeaderV4 + "00200008000183bbea12d547";
    private const string AnswerV6 = "010100182112a442101112131415161718191a1b00200014000283bb0113a9fa101112131415161718191a1a";

    private static readonly StunTransactionId Transaction = new(Convert.FromHexString("101112131415161718191a1b"));

    [Fact]
    public void Request_OfAClient_IsReadAndWritten()
    {
        Assert.Equal(StunRefusal.None, StunMessage.TryReadRequest(Bytes(Request), out var transaction));
        Assert.Equal(Transaction, transaction);
        Assert.Equal(Transaction.GetHashCode(), transaction.GetHashCode());

        var written = new byte[StunMessage.RequestLength];
        StunMessage.WriteRequest(Transaction, written);
        Assert.Equal(Request, Convert.ToHexStringLower(written));
    }

    [Theory]
    [InlineData("203.0.113.5", AnswerV4)]
    [InlineData("::ffff:203.0.113.5", AnswerV4)]
    [InlineData("2001:db8::1", AnswerV6)]
    public void Response_ToAnAddress_IsWrittenAndRead(string address, string expected)
    {
        var response = new byte[StunMessage.MaxResponseLength];
        var length = StunMessage.WriteResponse(Transaction, IPAddress.Parse(address).GetAddressBytes(), 41641, response);

        Assert.Equal(expected, Convert.ToHexStringLower(response.AsSpan(0, length)));
        Assert.True(StunMessage.TryReadResponse(response.AsSpan(0, length), out var transaction, out var mapped));
        Assert.Equal(Transaction, transaction);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address.Replace("::ffff:", "", StringComparison.Ordinal)), 41641), mapped);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(17)]
    public void WriteResponse_NoAddress_Throws(int length) =>
        Assert.Throws<ArgumentException>(
            () => StunMessage.WriteResponse(Transaction, new byte[length], 1, new byte[StunMessage.MaxResponseLength]));

    [Theory]
    [InlineData(StunRefusal.OtherSoftware, Header + Fingerprint)]
    [InlineData(StunRefusal.OtherSoftware, Header + "802200087461696c6e6f6466" + Fingerprint)]
    [InlineData(StunRefusal.OtherSoftware, Header + "802200077461696c6e6f6465" + Fingerprint)]
    [InlineData(StunRefusal.OtherSoftware, Header)]
    [InlineData(StunRefusal.WrongFingerprint, Header + Software + "80280004ac276260")]
    [InlineData(StunRefusal.WrongFingerprint, Header + Software + "80280004ff73372f")]
    [InlineData(StunRefusal.NoFingerprint, Header + Fingerprint + Software)]
    [InlineData(StunRefusal.NoFingerprint, Header + Software + Fingerprint + "00010000")]
    [InlineData(StunRefusal.NoFingerprint, Header + Software)]
    [InlineData(StunRefusal.NoFingerprint, Header + Software + "80280003ac276261")]
    [InlineData(StunRefusal.NoFingerprint, Header + Software + Fingerprint + "80280000")]
    [InlineData(StunRefusal.TooShort, "000100142112a442101112131415161718191a")]
    [InlineData(StunRefusal.TooShort, "")]
    [InlineData(StunRefusal.NotStun, "4" + "00100142112a442101112131415161718191a1b" + Software + Fingerprint)]
    [InlineData(StunRefusal.NotStun, "8" + "00100142112a442101112131415161718191a1b" + Software + Fingerprint)]
    [InlineData(StunRefusal.NotStun, "000100142112a443101112131415161718191a1b" + Software + Fingerprint)]
    [InlineData(StunRefusal.NotBindingRequest, AnswerV4)]
    [InlineData(StunRefusal.NotBindingRequest, "000200142112a442101112131415161718191a1b" + Software + Fingerprint)]
    [InlineData(StunRefusal.BrokenAttributes, Header + Software + "80280004ac2762")]
    [InlineData(StunRefusal.BrokenAttributes, Header + Software + "80280005ac276261")]
    [InlineData(StunRefusal.BrokenAttributes, Header + Software + Fingerprint + "0001")]
    [InlineData(StunRefusal.BrokenAttributes, Header + "8022ffff7461696c6e6f6465" + Fingerprint)]
    public void TryReadRequest_AnythingElse_IsRefusedWithTheReason(StunRefusal expected, string datagram)
    {
        Assert.Equal(expected, StunMessage.TryReadRequest(Bytes(datagram), out var transaction));
        Assert.Equal(default, transaction);
    }

    // Nobody reads the length in the header, but the fingerprint covers it.
    [Fact]
    public void TryReadRequest_AnyBitChangedOrByteMissing_IsRefused()
    {
        var request = Bytes(Request);
        for (var bit = 0; bit < 8 * request.Length; bit++)
        {
            request[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(StunRefusal.None, StunMessage.TryReadRequest(request, out _));
            request[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < request.Length; length++)
        {
            Assert.NotEqual(StunRefusal.None, StunMessage.TryReadRequest(request.AsSpan(0, length), out _));
        }
    }

    // A later version of the client may say more, as long as it says who it is and the fingerprint is right.
    [Fact]
    public void TryReadRequest_FurtherAttributes_AreSteppedOver()
    {
        Assert.Equal(StunRefusal.None, StunMessage.TryReadRequest(Sealed(Header + "00ff000301020300" + Software + "00fe0000"), out _));
        Assert.Equal(StunRefusal.None, StunMessage.TryReadRequest(Sealed(Header + "8022000178000000" + Software), out _));
    }

    [Fact]
    public void TryReadRequest_LongestDatagram_IsTakenAndOneAttributeMoreIsNot()
    {
        var filler = string.Concat(Enumerable.Repeat("00ff0000", (StunMessage.MaxRequestLength - StunMessage.RequestLength) / 4));
        Assert.Equal(StunRefusal.None, StunMessage.TryReadRequest(Sealed(Header + Software + filler), out _));
        Assert.Equal(StunRefusal.TooLong, StunMessage.TryReadRequest(Sealed(Header + Software + filler + "00ff0000"), out _));
    }

    // Servers of others: a plain address, the old number of the masked one, more attributes, and an address in IPv6 form for IPv4.
    [Theory]
    [InlineData("000100080001a2a9cb007105", "203.0.113.5")]
    [InlineData("802000080001" + "83bbea12d547", "203.0.113.5")]
    [InlineData("000100080001000101020304" + "00200008000183bbea12d547", "203.0.113.5")]
    [InlineData("00200008000183bbea12d547" + "000100080001000101020304" + Software, "203.0.113.5")]
    [InlineData("8022000178000000" + "00200014000283bb2112a442101112131415e9e8d3196b1e", "203.0.113.5")]
    public void TryReadResponse_OfOtherServers_IsUnderstood(string attributes, string expected)
    {
        Assert.True(StunMessage.TryReadResponse(Bytes(AnswerHeaderV4 + attributes), out _, out var mapped));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(expected), 41641), mapped);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Request)]
    [InlineData(AnswerHeaderV4)]
    [InlineData(AnswerV4 + "00")]
    [InlineData(AnswerHeaderV4 + "00200008000383bbea12d547")]
    [InlineData(AnswerHeaderV4 + "00200008000283bbea12d547")]
    [InlineData(AnswerHeaderV4 + "002000030001ff00")]
    [InlineData("0111000c2112a442101112131415161718191a1b00200008000183bbea12d547")]
    public void TryReadResponse_AnythingElse_IsRefused(string datagram)
    {
        Assert.False(StunMessage.TryReadResponse(Bytes(datagram), out _, out var mapped));
        Assert.Null(mapped);
    }

    [Fact]
    public void TransactionId_EqualityFollowsTheBytes_AndLengthIsChecked()
    {
        var other = new StunTransactionId(Convert.FromHexString("101112131415161718191a1c"));

        Assert.True(Transaction != other);
        Assert.False(Transaction == other);
        Assert.False(Transaction.Equals((object)"101112131415161718191a1b"));
        Assert.Throws<ArgumentException>(() => new StunTransactionId(new byte[StunTransactionId.Length + 1]));
    }

    // The check value of CRC-32 with which every catalogue of checksums lists it.
    [Fact]
    public void Crc32_OfTheDigits_IsTheCheckValue() => Assert.Equal(0xCBF43926, Crc32.Compute("123456789"u8));

    private static byte[] Sealed(string hex)
    {
        byte[] request = [.. Bytes(hex), 0x80, 0x28, 0x00, 0x04, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(request.Length - 4), Crc32.Compute(request.AsSpan(0, request.Length - 8)) ^ 0x5354554E);
        return request;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);
}
