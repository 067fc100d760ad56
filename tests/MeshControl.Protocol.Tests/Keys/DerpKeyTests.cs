using System.Text.Json;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Tests.Keys;

public sealed class DerpKeyTests
{
    private const string Hex = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
    private const string ZeroHex = "0000000000000000000000000000000000000000000000000000000000000000";

    public static TheoryData<string> NoKeys =>
        ["", Hex[1..], Hex + "0", " " + Hex, Hex + "\n", Hex[..^1] + "g", Hex[..^1] + "é", "nodekey:" + Hex, "0x" + Hex[2..]];

    [Fact]
    public void PublicKey_Text_IsHexAlone()
    {
        var key = DerpPublicKey.Parse(Hex.ToUpperInvariant());

        Assert.Equal(Hex, key.ToString());
        Assert.Equal(Convert.FromHexString(Hex), key.Bytes.Span);
        Assert.False(key.IsZero);
        Assert.True(DerpPublicKey.Parse(ZeroHex).IsZero);
        var json = JsonSerializer.Serialize(key, KeyJsonContext.Default.DerpPublicKey);
        Assert.Equal($"\"{Hex}\"", json);
        Assert.Equal(key, JsonSerializer.Deserialize(json, KeyJsonContext.Default.DerpPublicKey));
    }

    [Theory]
    [MemberData(nameof(NoKeys))]
    public void TryParse_OtherText_IsRefused(string text)
    {
        Assert.False(DerpPublicKey.TryParse(text, out _));
        Assert.Throws<FormatException>(() => DerpPublicKey.Parse(text));
        Assert.False(DerpMeshKey.TryParse(text, out var meshKey));
        Assert.Null(meshKey);
    }

    [Fact]
    public void MeshKey_Zero_IsNoKey()
    {
        Assert.False(DerpMeshKey.TryParse(ZeroHex, out var key));
        Assert.Null(key);
    }

    [Fact]
    public void MeshKey_Equality_FollowsEveryByte()
    {
        var key = ParseMeshKey(Hex);

        Assert.Equal(key, ParseMeshKey(Hex.ToUpperInvariant()));
        Assert.Equal(key.GetHashCode(), ParseMeshKey(Hex).GetHashCode());
        Assert.False(key.Equals(null));
        Assert.False(key.Equals((object)Hex));
        for (var i = 0; i < DerpMeshKey.Length; i++)
        {
            var bytes = Convert.FromHexString(Hex);
            bytes[i] ^= 1;
            Assert.NotEqual(key, ParseMeshKey(Convert.ToHexString(bytes)));
        }
    }

    [Fact]
    public void MeshKey_Generate_GivesAnotherEachTime() => Assert.NotEqual(DerpMeshKey.Generate(), DerpMeshKey.Generate());

    [Fact]
    public void MeshKey_Text_ShowsTheSecretOnlyWhenAsked()
    {
        var key = ParseMeshKey(Hex);

        Assert.Equal("[redacted]", $"{key}");
        Assert.Equal(Hex, key.ExportSecretText());
    }

    private static DerpMeshKey ParseMeshKey(string text) =>
        DerpMeshKey.TryParse(text, out var key) ? key : throw new FormatException(text);
}
