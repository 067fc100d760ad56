using System.Text;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Noise;
using MeshControl.Protocol.Tests.Crypto;

namespace MeshControl.Protocol.Tests.Noise;

public sealed class NoiseClientHandshakeTests : IDisposable
{
    private const int Version = 145;

    private readonly X25519PrivateKey _serverKey = X25519PrivateKey.Generate();
    private readonly X25519PrivateKey _machineKey = X25519PrivateKey.Generate();

    public void Dispose()
    {
        _serverKey.Dispose();
        _machineKey.Dispose();
    }

    [Fact]
    public void Start_InitiationHeader_DecodesToInitiation()
    {
        using var client = Start();
        var decoded = new byte[NoiseProtocol.InitiationLength];

        Assert.Equal(NoiseProtocol.InitiationBase64Length, client.InitiationHeader.Length);
        Assert.True(NoiseProtocol.TryDecodeInitiation(client.InitiationHeader, decoded));
        Assert.Equal(client.Initiation.Span, decoded);
    }

    [Fact]
    public void TryDecodeInitiation_OtherText_IsRefused()
    {
        using var client = Start();
        var text = client.InitiationHeader;
        string[] refused =
        [
            "", text[..^1], text[..^4], text + "=", text + "AAAA", " " + text[1..], text[..^4] + "  ==", "-" + text[1..], "_" + text[1..],
            new string('A', NoiseProtocol.InitiationBase64Length), text[..^1] + "A",
        ];

        Assert.All(
            refused,
            candidate => Assert.False(
                NoiseProtocol.TryDecodeInitiation(candidate, new byte[NoiseProtocol.InitiationLength]), candidate));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(ushort.MaxValue + 1)]
    public void Start_VersionBeyondTwoBytes_Throws(int version) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NoiseClientHandshake.Start(_machineKey, _serverKey.PublicKey, version));

    [Fact]
    public void Start_LowOrderServerKey_Throws()
    {
        foreach (var point in LowOrderPoints.All)
        {
            Assert.Throws<ArgumentException>(() => NoiseClientHandshake.Start(_machineKey, point, Version));
        }
    }

    [Fact]
    public void TryFinish_EveryOtherLength_IsMalformed()
    {
        for (var length = 0; length <= NoiseProtocol.ResponseLength + 1; length++)
        {
            using var client = Start();
            var response = Respond(client);
            Array.Resize(ref response, length);
            var expected = length == NoiseProtocol.ResponseLength ? HandshakeResult.Ok : HandshakeResult.Malformed;
            Assert.Equal(expected, Finish(client, response));
        }
    }

    [Fact]
    public void TryFinish_AnyBitFlipped_IsRefused()
    {
        for (var bit = 0; bit < NoiseProtocol.ResponseLength * 8; bit++)
        {
            using var client = Start();
            var response = Respond(client);
            response[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(HandshakeResult.Ok, Finish(client, response));
        }
    }

    [Fact]
    public void TryFinish_LowOrderEphemeral_IsBadKeyExchange()
    {
        foreach (var point in LowOrderPoints.All)
        {
            using var client = Start();
            var response = Respond(client);
            point.Span.CopyTo(response.AsSpan(NoiseProtocol.HeaderLength));
            Assert.Equal(HandshakeResult.BadKeyExchange, Finish(client, response));
        }
    }

    [Fact]
    public void TryFinish_ResponseToAnotherClient_IsBadAuthentication()
    {
        using var client = Start();
        using var other = Start();

        Assert.Equal(HandshakeResult.BadAuthentication, Finish(client, Respond(other)));
    }

    [Fact]
    public void TryFinish_ErrorFrame_IsRefusedWithItsText()
    {
        using var client = Start();

        Assert.Equal(HandshakeResult.Refused, Finish(client, NoiseErrorFrame.Encode("zu spät")));
        Assert.Equal("zu spät", client.ErrorText);
    }

    [Fact]
    public void TryFinish_SecondTime_Throws()
    {
        using var client = Start();
        var response = Respond(client);
        Assert.Equal(HandshakeResult.Ok, Finish(client, response));

        Assert.Throws<InvalidOperationException>(() => Finish(client, response));
    }

    [Fact]
    public void TryGetAnswerLength_ResponseOrErrorFrame_TellsTheWholeLength()
    {
        using var client = Start();
        var error = NoiseErrorFrame.Encode("no");

        Assert.True(NoiseClientHandshake.TryGetAnswerLength(Respond(client), out var responseLength));
        Assert.Equal(NoiseProtocol.ResponseLength, responseLength);
        Assert.True(NoiseClientHandshake.TryGetAnswerLength(error, out var errorLength));
        Assert.Equal(error.Length, errorLength);
    }

    [Theory]
    [InlineData(0, 0, 48)]
    [InlineData(1, 0, 48)]
    [InlineData(2, 0, 47)]
    [InlineData(2, 0, 49)]
    [InlineData(4, 0, 48)]
    [InlineData(3, 0x0F, 0xFE)]
    [InlineData(3, 0xFF, 0xFF)]
    public void TryGetAnswerLength_OtherStart_IsRefused(byte type, byte high, byte low) =>
        Assert.False(NoiseClientHandshake.TryGetAnswerLength([type, high, low], out _));

    [Fact]
    public void ErrorFrame_LongestText_RoundTripsAndOneMoreIsRefused()
    {
        var text = new string('x', NoiseErrorFrame.MaxLength - NoiseProtocol.HeaderLength);
        var frame = NoiseErrorFrame.Encode(text);

        Assert.True(NoiseErrorFrame.TryParse(frame, out var parsed));
        Assert.Equal(text, parsed);
        Assert.True(NoiseClientHandshake.TryGetAnswerLength(frame, out var length));
        Assert.Equal(frame.Length, length);
        Assert.Throws<ArgumentException>(() => NoiseErrorFrame.Encode(text + "x"));
        Assert.False(NoiseErrorFrame.TryParse([3, 0x0F, 0xFE, .. Encoding.ASCII.GetBytes(text), (byte)'x'], out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0300")]
    [InlineData("030001")]
    [InlineData("03000061")]
    [InlineData("02000161")]
    public void ErrorFrame_OtherBytes_AreRefused(string hex) =>
        Assert.False(NoiseErrorFrame.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void ErrorFrame_NotUtf8_IsReadWithReplacement()
    {
        Assert.True(NoiseErrorFrame.TryParse([3, 0, 2, (byte)'a', 0xFF], out var text));
        Assert.Equal("a\uFFFD", text);
    }

    private NoiseClientHandshake Start() => NoiseClientHandshake.Start(_machineKey, _serverKey.PublicKey, Version);

    private byte[] Respond(NoiseClientHandshake client)
    {
        var response = new byte[NoiseProtocol.ResponseLength];
        Assert.Equal(
            HandshakeResult.Ok, NoiseServerHandshake.TryRespond(_serverKey, client.Initiation.Span, response, out var session));
        session!.Dispose();
        return response;
    }

    private static HandshakeResult Finish(NoiseClientHandshake client, byte[] response)
    {
        var result = client.TryFinish(response, out var session);
        Assert.Equal(result == HandshakeResult.Ok, session is not null);
        session?.Dispose();
        return result;
    }
}
