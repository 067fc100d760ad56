using System.Text;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Tests.Derp;

public sealed class DerpLoginTests
{
    private const string ClientInfoFrame =
        "02 00000068" + DerpVectors.APublic + """
        404142434445464748494a4b4c4d4e4f5051525354555657
        ac1bcb958a6e97f0f781f686bb25e4fc71417399e4f2f3c655c3927905a1aeae
        ef6b26ae07dad2d0769e1ae0f08d8e26
        """;

    private const string LimitedServerInfoFrame = """
        03 00000078 a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7
        c708ad5ddf03e3d57bec3a117d2cf58487a789f440ef705d22d60a34187614ed
        bb868cc68b9c99f7987948d75c185f60c9dfb5f4b07cfee7ebb795d86f7dcd1f
        939b446a65ab24e5222817881e3aaac55e6c45e8a7accd4576243c500c06c92e
        """;

    private static readonly X25519PrivateKey Server = DerpVectors.Server();
    private static readonly X25519PrivateKey A = DerpVectors.A();
    private static readonly DerpPublicKey ServerKey = new(Server.PublicKey);
    private static readonly NodePublicKey AKey = new(A.PublicKey);

    [Fact]
    public void ClientInfo_IsTheKnownAnswer()
    {
        var frame = DerpLogin.WriteClientInfo(A, ServerKey, DerpVectors.Nonce(0x40), new DerpClientInfo { Version = 2, CanAckPings = true });
        Assert.Equal(DerpVectors.Hex(ClientInfoFrame), frame);
        Assert.True(DerpLogin.TryReadClientInfo(Server, frame.AsSpan(5), out var key, out var info));
        Assert.Equal(AKey, key);
        Assert.Equal(new DerpClientInfo { Version = 2, CanAckPings = true }, info);
    }

    [Fact]
    public void ServerInfo_IsTheKnownAnswer()
    {
        var frame = DerpLogin.WriteServerInfo(Server, AKey, DerpVectors.Nonce(0x80), new DerpServerInfo { Version = 2 });
        Assert.Equal(
            DerpVectors.Hex("""
                03 00000035 808182838485868788898a8b8c8d8e8f9091929394959697
                26d73891786cf84cf4969342f765fe52ac0a47bece4276b385c6b5c9d5
                """),
            frame);
        Assert.True(DerpLogin.TryReadServerInfo(A, ServerKey, frame.AsSpan(5), out var info));
        Assert.Equal(2, info.Version);
    }

    [Fact]
    public void ServerInfo_WithLimits_IsTheKnownAnswer()
    {
        var info = new DerpServerInfo { Version = 2, TokenBucketBytesPerSecond = 1_250_000, TokenBucketBytesBurst = 131_072 };
        var frame = DerpLogin.WriteServerInfo(Server, AKey, DerpVectors.Nonce(0xa0), info);
        Assert.Equal(DerpVectors.Hex(LimitedServerInfoFrame), frame);
        Assert.True(DerpLogin.TryReadServerInfo(A, ServerKey, frame.AsSpan(5), out var read));
        Assert.Equal(info, read);
    }

    [Fact]
    public void ClientInfo_AnyBitChanged_IsRefused()
    {
        var payload = DerpVectors.Hex(ClientInfoFrame)[5..];
        for (var bit = 0; bit < payload.Length * 8; bit += 5)
        {
            var bad = payload.ToArray();
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            // The topmost bit of a key is none of it (RFC 7748).
            if (bit != (32 * 8) - 1)
            {
                Assert.False(DerpLogin.TryReadClientInfo(Server, bad, out _, out _), $"bit {bit}");
            }
        }
    }

    [Fact]
    public void ClientInfo_AnyLengthThatIsTooShort_IsRefused()
    {
        var payload = DerpVectors.Hex(ClientInfoFrame)[5..];
        for (var length = 0; length < payload.Length; length++)
        {
            Assert.False(DerpLogin.TryReadClientInfo(Server, payload.AsSpan(0, length), out _, out _));
        }
    }

    [Fact]
    public void ClientInfo_LongerThanTheLimit_IsRefused()
    {
        var longest = DerpProtocol.MaxClientInfoLength - KeyBytes.Length - NaclBox.NonceLength - NaclBox.Overhead;
        Assert.True(TryRead(Padded(longest), out _));
        Assert.False(TryRead(Padded(longest + 1), out _));

        static string Padded(int length) => "{\"version\":2}".PadRight(length);
    }

    [Fact]
    public void ClientInfo_ZeroKey_IsRefused()
    {
        var payload = DerpVectors.Hex(ClientInfoFrame)[5..];
        payload.AsSpan(0, KeyBytes.Length).Clear();
        Assert.False(DerpLogin.TryReadClientInfo(Server, payload, out _, out _));
    }

    [Theory]
    [InlineData("""{"VERSION":2,"canackpings":true,"isprober":true,"AppName":"x","later":{"a":[1]}}""")]
    [InlineData("""{"version":2,"CanAckPings":true,"IsProber":true,"meshKey":""}""")]
    public void ClientInfo_NamesInAnyCaseAndUnknownOnes_AreRead(string json)
    {
        Assert.True(TryRead(json, out var info));
        Assert.Equal(new DerpClientInfo { Version = 2, CanAckPings = true, IsProber = true }, info);
    }

    [Fact]
    public void ClientInfo_MeshKey_IsReadInAnyCase()
    {
        var key = DerpMeshKey.Generate();
        Assert.True(TryRead($$"""{"meshkey":"{{key.ExportSecretText()}}"}""", out var info));
        Assert.Equal(key, info!.MeshKey);
        Assert.True(TryRead($$"""{"meshKey":"{{new string('0', 64)}}"}""", out info));
        Assert.Null(info!.MeshKey);
    }

    [Fact]
    public void ClientInfo_WithMeshKey_RoundTrips()
    {
        var info = new DerpClientInfo { MeshKey = DerpMeshKey.Generate(), Version = 2, CanAckPings = true };
        var frame = DerpLogin.WriteClientInfo(A, ServerKey, DerpVectors.Nonce(1), info);
        Assert.True(DerpLogin.TryReadClientInfo(Server, frame.AsSpan(5), out _, out var read));
        Assert.Equal(info, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"version\":\"two\"}")]
    [InlineData("{\"meshKey\":\"abc\"}")]
    [InlineData("{\"meshKey\":7}")]
    [InlineData("{\"version\":2")]
    public void ClientInfo_BadJson_IsRefused(string json) => Assert.False(TryRead(json, out _));

    private static bool TryRead(string json, out DerpClientInfo? info)
    {
        var plain = Encoding.UTF8.GetBytes(json);
        var payload = new byte[KeyBytes.Length + NaclBox.NonceLength + NaclBox.Overhead + plain.Length];
        A.PublicKey.Span.CopyTo(payload);
        var nonce = payload.AsSpan(KeyBytes.Length, NaclBox.NonceLength);
        NaclBox.Seal(A, Server.PublicKey, nonce, plain, payload.AsSpan(KeyBytes.Length + NaclBox.NonceLength));
        return DerpLogin.TryReadClientInfo(Server, payload, out _, out info);
    }
}
