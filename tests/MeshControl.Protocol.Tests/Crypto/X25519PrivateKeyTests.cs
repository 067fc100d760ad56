using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Tests.Crypto;

public sealed class X25519PrivateKeyTests
{
    private const string SecretHex = "a8abababababababababababababababababababababababababababababab6b";
    private const string SecretText = X25519PrivateKey.TextPrefix + SecretHex;

    // RFC 7748 section 5.2.
    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void TryAgree_VectorsOfRfc7748_GiveKnownSecret(string scalar, string point, string expected)
    {
        using var key = X25519PrivateKey.Import(Convert.FromHexString(scalar));

        Assert.Equal(expected, Convert.ToHexStringLower(Agree(key, new KeyBytes(Convert.FromHexString(point)))));
    }

    // RFC 7748 section 5.2: scalar and point start as the base point; the result becomes the scalar, the scalar the point.
    [Theory]
    [InlineData(1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")]
    [InlineData(1000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")]
    public void TryAgree_IteratedVectorOfRfc7748_GivesKnownSecret(int iterations, string expected)
    {
        var scalar = new byte[KeyBytes.Length];
        scalar[0] = 9;
        var point = scalar;
        for (var i = 0; i < iterations; i++)
        {
            using var key = X25519PrivateKey.Import(scalar);
            (scalar, point) = (Agree(key, new KeyBytes(point)), scalar);
        }

        Assert.Equal(expected, Convert.ToHexStringLower(scalar));
    }

    // RFC 7748 section 6.1.
    [Fact]
    public void TryAgree_BothSidesOfRfc7748_ShareKnownSecret()
    {
        const string Shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
        using var alice = Import("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        using var bob = Import("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");

        Assert.Equal(
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", Convert.ToHexStringLower(alice.PublicKey.Span));
        Assert.Equal(
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", Convert.ToHexStringLower(bob.PublicKey.Span));
        Assert.Equal(Shared, Convert.ToHexStringLower(Agree(alice, bob.PublicKey)));
        Assert.Equal(Shared, Convert.ToHexStringLower(Agree(bob, alice.PublicKey)));
    }

    [Fact]
    public void TryAgree_LowOrderPoint_IsRefusedAndLeavesZeros()
    {
        using var key = X25519PrivateKey.Generate();
        foreach (var point in LowOrderPoints.All)
        {
            var shared = Enumerable.Repeat((byte)0xFF, KeyBytes.Length).ToArray();

            Assert.False(key.TryAgree(point, shared), Convert.ToHexStringLower(point.Span));
            Assert.All(shared, value => Assert.Equal(0, value));
        }

        // A refusal leaves nothing behind that disturbs the next agreement.
        using var other = X25519PrivateKey.Generate();
        Assert.Equal(Agree(key, other.PublicKey), Agree(other, key.PublicKey));
    }

    [Fact]
    public void TryAgree_WrongSecretLength_Throws()
    {
        using var key = X25519PrivateKey.Generate();

        Assert.Throws<ArgumentException>(() => key.TryAgree(key.PublicKey, new byte[KeyBytes.Length + 1]));
    }

    [Fact]
    public void TryAgree_AfterDispose_Throws()
    {
        var key = X25519PrivateKey.Generate();
        var publicKey = key.PublicKey;
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.TryAgree(publicKey, new byte[KeyBytes.Length]));
    }

    [Fact]
    public void TryAgree_OneKeyOnManyThreads_IsRightEverywhere()
    {
        using var shared = X25519PrivateKey.Generate();
        var peers = Enumerable.Range(0, 16).Select(_ => X25519PrivateKey.Generate()).ToArray();
        var expected = peers.Select(peer => Agree(peer, shared.PublicKey)).ToArray();

        Parallel.For(
            0,
            800,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            i =>
            {
                var peer = i % peers.Length;
                Assert.Equal(expected[peer], Agree(shared, peers[peer].PublicKey));
                Assert.False(shared.TryAgree(default, new byte[KeyBytes.Length]));
            });

        Array.ForEach(peers, peer => peer.Dispose());
    }

    [Fact]
    public void Generate_Twice_GivesDifferentKeys()
    {
        using var first = X25519PrivateKey.Generate();
        using var second = X25519PrivateKey.Generate();

        Assert.NotEqual(first.PublicKey, second.PublicKey);
        Assert.False(first.PublicKey.IsZero);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Import_WrongLength_Throws(int length) =>
        Assert.Throws<ArgumentException>(() => X25519PrivateKey.Import(TestBytes.Pattern(length, step: 1)));

    [Fact]
    public void Import_AllZero_Throws() =>
        Assert.Throws<ArgumentException>(() => X25519PrivateKey.Import(new byte[KeyBytes.Length]));

    [Fact]
    public void Import_UnclampedSecret_IsSameKeyAndExportsClamped()
    {
        using var raw = Import("abababababababababababababababababababababababababababababababab");
        using var clamped = Import(SecretHex);

        Assert.Equal(clamped.PublicKey, raw.PublicKey);
        Assert.Equal(SecretText, raw.ExportSecretText());
    }

    [Fact]
    public void TryParse_ExportedText_GivesSameKey()
    {
        using var key = X25519PrivateKey.Generate();

        Assert.True(X25519PrivateKey.TryParse(key.ExportSecretText(), out var parsed));
        using (parsed)
        {
            Assert.Equal(key.PublicKey, parsed.PublicKey);
            Assert.Equal(key.ExportSecretText(), parsed.ExportSecretText());
        }
    }

    [Fact]
    public void TryParse_UpperCaseDigits_AreUnderstood()
    {
        var text = X25519PrivateKey.TextPrefix + SecretHex.ToUpperInvariant();

        Assert.True(X25519PrivateKey.TryParse(text, out var key));
        using (key)
        {
            Assert.Equal(SecretText, key.ExportSecretText());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("privkey:")]
    [InlineData(SecretHex)]
    [InlineData("PRIVKEY:" + SecretHex)]
    [InlineData("nodekey:" + SecretHex)]
    [InlineData(" " + SecretText)]
    [InlineData(SecretText + "0")]
    [InlineData(SecretText + "\n")]
    [InlineData("privkey:g8abababababababababababababababababababababababababababababab6b")]
    [InlineData("privkey:abababababababababababababababababababababababababababababab6b")]
    [InlineData("privkey:0000000000000000000000000000000000000000000000000000000000000000")]
    public void TryParse_OtherText_IsRefused(string text)
    {
        Assert.False(X25519PrivateKey.TryParse(text, out var key));
        Assert.Null(key);
    }

    [Fact]
    public void ToString_NeverShowsSecret()
    {
        using var key = Import(SecretHex);

        Assert.Equal("privkey:[redacted]", key.ToString());
        Assert.Equal("privkey:[redacted]", $"{key}");
    }

    private static X25519PrivateKey Import(string hex) => X25519PrivateKey.Import(Convert.FromHexString(hex));

    private static byte[] Agree(X25519PrivateKey key, KeyBytes peer)
    {
        var shared = new byte[KeyBytes.Length];
        Assert.True(key.TryAgree(peer, shared));
        return shared;
    }
}
