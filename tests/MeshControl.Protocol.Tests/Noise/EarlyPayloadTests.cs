using System.Buffers.Binary;
using System.Text;
using MeshControl.Protocol.Keys;
using MeshControl.Protocol.Noise;

namespace MeshControl.Protocol.Tests.Noise;

public sealed class EarlyPayloadTests
{
    private const string Key = "chalpub:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Json = "{\"nodeKeyChallenge\":\"" + Key + "\"}";

    private static readonly ChallengePublicKey Challenge = ChallengePublicKey.Parse(Key);

    [Fact]
    public void Encode_HasExactlyTheDocumentedBytes()
    {
        var payload = EarlyPayload.Encode(Challenge);

        Assert.Equal("ffffff5453" + "0000005f", Convert.ToHexStringLower(payload.AsSpan(0, EarlyPayload.HeaderLength)));
        Assert.Equal(0x5f, Json.Length);
        Assert.Equal(Json, Encoding.UTF8.GetString(payload.AsSpan(EarlyPayload.HeaderLength)));
    }

    [Fact]
    public void TryParse_EncodedWithMoreBehind_GivesChallengeAndLength()
    {
        byte[] bytes = [.. EarlyPayload.Encode(Challenge), 0, 0, 18];

        Assert.Equal(EarlyPayloadStatus.Done, EarlyPayload.TryParse(bytes, out var challenge, out var consumed));
        Assert.Equal(Challenge, challenge);
        Assert.Equal(bytes.Length - 3, consumed);
    }

    [Fact]
    public void TryParse_TruncatedAtEveryByte_NeedsMore()
    {
        var payload = EarlyPayload.Encode(Challenge);
        for (var length = 0; length < payload.Length; length++)
        {
            Assert.Equal(EarlyPayloadStatus.NeedMore, EarlyPayload.TryParse(payload.AsSpan(0, length), out _, out var consumed));
            Assert.Equal(0, consumed);
        }
    }

    [Theory]
    [InlineData("000012040000000000")]
    [InlineData("00")]
    [InlineData("ffffff5454")]
    [InlineData("fffe")]
    public void TryParse_OtherStart_IsAbsent(string hex)
    {
        Assert.Equal(EarlyPayloadStatus.Absent, EarlyPayload.TryParse(Convert.FromHexString(hex), out _, out var consumed));
        Assert.Equal(0, consumed);
    }

    [Fact]
    public void TryParse_LengthAtLimit_WaitsAndOneMoreIsRefused()
    {
        Assert.Equal(EarlyPayloadStatus.NeedMore, EarlyPayload.TryParse(Header(EarlyPayload.MaxJsonLength), out _, out _));
        Assert.Equal(EarlyPayloadStatus.TooLong, EarlyPayload.TryParse(Header(EarlyPayload.MaxJsonLength + 1), out _, out _));
        Assert.Equal(EarlyPayloadStatus.TooLong, EarlyPayload.TryParse(Header(uint.MaxValue), out _, out _));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"later\":[1,{}]} \n")]
    public void TryParse_NoChallenge_IsDoneWithoutKey(string json)
    {
        Assert.Equal(EarlyPayloadStatus.Done, Parse(Encoding.UTF8.GetBytes(json), out var challenge));
        Assert.True(challenge.IsZero);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"nodeKeyChallenge\":1}")]
    [InlineData("{\"nodeKeyChallenge\":null}")]
    [InlineData("{\"nodeKeyChallenge\":\"nodekey:00\"}")]
    [InlineData("{\"nodeKeyChallenge\":\"\\ud800\"}")]
    public void TryParse_OtherJson_IsRefused(string json) =>
        Assert.Equal(EarlyPayloadStatus.NotJson, Parse(Encoding.UTF8.GetBytes(json), out _));

    [Fact]
    public void TryParse_TextNotUtf8_IsRefused() =>
        Assert.Equal(EarlyPayloadStatus.NotJson, Parse([.. "{\"nodeKeyChallenge\":\""u8, 0xFF, .. "\"}"u8], out _));

    private static byte[] Header(uint length)
    {
        byte[] header = [0xFF, 0xFF, 0xFF, 0x54, 0x53, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(5), length);
        return header;
    }

    private static EarlyPayloadStatus Parse(byte[] json, out ChallengePublicKey challenge) =>
        EarlyPayload.TryParse([.. Header((uint)json.Length), .. json], out challenge, out _);
}
