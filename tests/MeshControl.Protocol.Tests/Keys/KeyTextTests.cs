using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Tests.Keys;

public sealed class KeyTextTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string ZeroHex = "0000000000000000000000000000000000000000000000000000000000000000";

    [Fact]
    public void Text_OfEveryKind_HasItsPrefix()
    {
        CheckKind<MachinePublicKey>("mkey:");
        CheckKind<NodePublicKey>("nodekey:");
        CheckKind<DiscoPublicKey>("discokey:");
        CheckKind<ChallengePublicKey>("chalpub:");
        CheckKind<NetworkLockPublicKey>("nlpub:");
    }

    [Fact]
    public void TryParse_CommandLineSpellingOfLockKey_IsUnderstoodButNotWritten()
    {
        Assert.True(NetworkLockPublicKey.TryParse("tlpub:" + Hex, out var key));
        Assert.Equal("nlpub:" + Hex, key.ToString());
        Assert.False(NetworkLockPublicKey.TryParse("tlpub:" + Hex[1..], out _));
        Assert.False(NodePublicKey.TryParse("tlpub:" + Hex, out _));
    }

    [Fact]
    public void Parse_OtherText_ThrowsWithoutRepeatingIt()
    {
        var fault = Assert.Throws<FormatException>(() => NodePublicKey.Parse("privkey:" + Hex));
        Assert.DoesNotContain(Hex, fault.Message, StringComparison.Ordinal);
        Assert.Contains("nodekey:", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000000000", "[AAAAA]")]
    [InlineData("6ef3cf0123", "[bvPPA]")]
    [InlineData("ffffffffff", "[/////]")]
    public void FormatShort_IsFiveCharactersOfBase64(string start, string expected)
    {
        Assert.True(NodePublicKey.TryParse("nodekey:" + start + Hex[10..], out var key));
        Assert.Equal(expected, KeyText.FormatShort(key));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"nodekey:" + ZeroHex + "\"")]
    public void Json_AbsentKey_ReadsAsZero(string json) =>
        Assert.True(ReadJson<NodePublicKey>(json).IsZero);

    [Theory]
    [InlineData("1")]
    [InlineData("{}")]
    [InlineData("\"nodekey:\"")]
    [InlineData("\"mkey:" + Hex + "\"")]
    [InlineData("\"nodekey:" + Hex + "0\"")]
    public void Json_OtherValue_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => ReadJson<NodePublicKey>(json));

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void KeyBytes_WrongLength_Throws(int length) =>
        Assert.Throws<ArgumentException>(() => new KeyBytes(new byte[length]));

    [Fact]
    public void KeyBytes_EqualityAndHash_FollowTheBytes()
    {
        var bytes = Convert.FromHexString(Hex);
        var key = new KeyBytes(bytes);
        var same = new KeyBytes(bytes);
        Assert.True(key == same);
        Assert.Equal(key.GetHashCode(), same.GetHashCode());
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.True(key != new KeyBytes(bytes));
            bytes[i] ^= 1;
        }

        Assert.False(key.Equals((object?)null));
        Assert.True(key.Equals((object)same));
    }

    private static void CheckKind<TKey>(string prefix)
        where TKey : struct, IPublicKey<TKey>
    {
        Assert.Equal(prefix, TKey.Prefix);
        Assert.True(KeyText.TryParse<TKey>(prefix + Hex, out var key));
        Assert.Equal(Hex, Convert.ToHexStringLower(key.Bytes.Span));
        Assert.Equal(prefix + Hex, key.ToString());
        Assert.False(key.IsZero);

        Assert.True(KeyText.TryParse<TKey>(prefix + Hex.ToUpperInvariant(), out var upper));
        Assert.Equal(key, upper);

        Assert.True(KeyText.TryParse<TKey>(prefix + ZeroHex, out var zero));
        Assert.True(zero.IsZero);
        Assert.Equal(default, zero);
        Assert.Equal(prefix + ZeroHex, zero.ToString());

        string[] refused =
        [
            "", prefix, Hex, prefix + Hex[1..], prefix + Hex + "0", prefix.ToUpperInvariant() + Hex, " " + prefix + Hex,
            prefix + Hex + "\n", prefix + Hex[..^1] + "g", prefix + Hex[..^1] + "é", "privkey:" + Hex, prefix + prefix + Hex,
        ];
        Assert.All(refused, text => Assert.False(KeyText.TryParse<TKey>(text, out _), text));

        Assert.Equal($"\"{prefix}{Hex}\"", JsonSerializer.Serialize(key, JsonType<TKey>()));
        Assert.Equal(key, ReadJson<TKey>($"\"{prefix}{Hex}\""));
    }

    private static JsonTypeInfo<TKey> JsonType<TKey>()
        where TKey : struct, IPublicKey<TKey> =>
        (JsonTypeInfo<TKey>)KeyJsonContext.Default.GetTypeInfo(typeof(TKey))!;

    private static TKey ReadJson<TKey>(string json)
        where TKey : struct, IPublicKey<TKey> =>
        JsonSerializer.Deserialize(json, JsonType<TKey>());
}
