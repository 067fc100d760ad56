using System.Buffers;
using MeshControl.Admin.Grpc;

namespace MeshControl.Server.Tests.Rpc;

/// <summary>The codecs that both ends share.</summary>
public sealed class WireFormatTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("", "")]
    [InlineData("100%", "100%25")]
    [InlineData("ü\n", "%C3%BC%0A")]
    [InlineData("☺", "%E2%98%BA")]
    public void StatusText_RoundTrips(string text, string encoded)
    {
        Assert.Equal(encoded, StatusText.Encode(text));
        Assert.Equal(text, StatusText.Decode(encoded));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("a%4gb", "a%4gb")]
    [InlineData("%41%4", "A%4")]
    [InlineData("%e2%98%ba", "☺")]
    public void StatusText_Decode_LeavesWhatIsNotAnEscape(string encoded, string text) =>
        Assert.Equal(text, StatusText.Decode(encoded));

    [Theory]
    [InlineData(0, "1m")]
    [InlineData(0.1, "1m")]
    [InlineData(1500, "1500m")]
    [InlineData(99_999_999, "99999999m")]
    [InlineData(100_000_000, "100000S")]
    [InlineData(100_000_001, "100001S")]
    public void CallTimeout_Encode_RoundsUp(double milliseconds, string text) =>
        Assert.Equal(text, CallTimeout.Encode(TimeSpan.FromMilliseconds(milliseconds)));

    [Theory]
    [InlineData("1H", 3600)]
    [InlineData("2M", 120)]
    [InlineData("3S", 3)]
    [InlineData("4000m", 4)]
    [InlineData("5000000u", 5)]
    [InlineData("99999900n", 0.0999999)]
    [InlineData("99999999H", 30 * 86400)]
    [InlineData("0S", 0)]
    public void CallTimeout_TryParse_KnowsEveryUnit(string text, double seconds)
    {
        Assert.True(CallTimeout.TryParse(text, out var timeout));
        Assert.Equal(TimeSpan.FromSeconds(seconds), timeout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("+1S")]
    [InlineData(" 1S")]
    [InlineData("1.5S")]
    [InlineData("100000000S")]
    public void CallTimeout_TryParse_RefusesOtherForms(string text) => Assert.False(CallTimeout.TryParse(text, out _));

    [Theory]
    [InlineData(new byte[0], "")]
    [InlineData(new byte[] { 1 }, "AQ")]
    [InlineData(new byte[] { 1, 2 }, "AQI")]
    [InlineData(new byte[] { 1, 2, 3 }, "AQID")]
    public void BinaryValue_RoundTrips_WithAndWithoutPadding(byte[] bytes, string text)
    {
        Assert.Equal(text, BinaryValue.Encode(bytes));
        Assert.Equal(bytes, BinaryValue.Decode(text));
        Assert.Equal(bytes, BinaryValue.Decode(Convert.ToBase64String(bytes)));
    }

    [Theory]
    [InlineData("A")]
    [InlineData("*AQI")]
    public void BinaryValue_Decode_RefusesOtherText(string text) => Assert.Null(BinaryValue.Decode(text));

    [Fact]
    public void MessageFrame_TryRead_MovesOnlyWhenComplete()
    {
        byte[] bytes = [0, 0, 0, 0, 2, 7, 8, 9];
        for (var length = 0; length < 7; length++)
        {
            var part = new ReadOnlySequence<byte>(bytes, 0, length);
            Assert.Equal(MessageFrameState.Incomplete, MessageFrame.TryRead(ref part, 10, out _));
            Assert.Equal(length, part.Length);
        }

        var whole = new ReadOnlySequence<byte>(bytes);
        Assert.Equal(MessageFrameState.Complete, MessageFrame.TryRead(ref whole, 10, out var message));
        Assert.Equal([7, 8], message.ToArray());
        Assert.Equal([9], whole.ToArray());
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("")]
    [InlineData("grpc-x")]
    [InlineData("content-type")]
    [InlineData("blob-bin")]
    [InlineData("a b")]
    public void Metadata_Add_RefusesTheName(string name) => Assert.Throws<ArgumentException>(() => new RpcMetadata().Add(name, "x"));

    [Fact]
    public void Metadata_Add_RefusesLineBreaks() => Assert.Throws<ArgumentException>(() => new RpcMetadata().Add("a", "x\r\ny: z"));

    [Fact]
    public void Metadata_AddReceived_SplitsJoinedBinaryValues()
    {
        var metadata = new RpcMetadata();

        metadata.AddReceived("Blob-Bin", "AQ,Ag==");

        Assert.Equal(["AQ", "Ag=="], metadata.Select(m => m.Value));
        Assert.Equal([1], metadata.GetBinary("blob-bin")!);
    }
}
