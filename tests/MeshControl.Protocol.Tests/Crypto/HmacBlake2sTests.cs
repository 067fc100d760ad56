using MeshControl.Protocol.Crypto;

namespace MeshControl.Protocol.Tests.Crypto;

/// <summary>The constants were computed with Python's <c>hmac</c> and <c>hashlib</c>, HKDF after RFC 5869 by hand on top.</summary>
public sealed class HmacBlake2sTests
{
    private const int KeyStep = 3;
    private const int DataStep = 7;

    [Theory]
    [InlineData(0, 0, "eaf4bb25938f4d20e72656bbbc7a9bf63c0c18537333c35bdb67db1402661acd")]
    [InlineData(32, 0, "4c6c808403eef6a3ede8a2486268ba2dfd3280001403d61185756a9f6f2f290d")]
    [InlineData(32, 32, "6cdb0056fecd5f42765dd882e4289e1fcd8233e93a3a8f87fea8fb592d14479c")]
    [InlineData(64, 100, "458c3d9a6257b4d6324bb654ac9a54291c80cdd2ecffd97a17e000bc3229d10d")]
    [InlineData(33, 1, "e4eba320625475946d642b2953cac133329d0d434ff4fe9f628064266b63f28f")]
    public void Compute_KnownInput_GivesKnownMac(int keyLength, int dataLength, string expected) =>
        Assert.Equal(expected, Compute(TestBytes.Pattern(keyLength, KeyStep), TestBytes.Pattern(dataLength, DataStep), []));

    [Fact]
    public void Compute_ManyLengths_EqualsOpenSsl()
    {
        for (var length = 0; length <= 200; length++)
        {
            var key = TestBytes.Pattern(length % (Blake2s.BlockLength + 1), KeyStep);
            var data = TestBytes.Pattern(length, DataStep);
            var expected = Convert.ToHexStringLower(OpenSslBlake2s.Hmac(key, data));
            Assert.Equal(expected, Compute(key, data, []));
            Assert.Equal(expected, Compute(key, data.AsSpan(0, length / 3), data.AsSpan(length / 3)));
        }
    }

    [Fact]
    public void Compute_KeyLongerThanBlock_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Compute(new byte[Blake2s.BlockLength + 1], [], []));

    [Theory]
    [InlineData(
        32,
        "58c5210b88aed12392be4c8c6c89412c35bc630f872fdb9d28f081478bf3085c",
        "968f5a11e3460f434f60d13dca4bec30c10b2b0d8222b51757e5dad74d87d94d")]
    [InlineData(
        0,
        "4fa507f42fc151f5adea8b3571b9b017bd79e4762b7251774d4e54fc1db1f96a",
        "aea9078998f52b5c8009ff65b03ea7d15a67cd3177dcdf2480fba49d3f704f56")]
    public void DeriveTwo_KnownInput_GivesKnownKeys(int materialLength, string expectedFirst, string expectedSecond)
    {
        // The first output replaces the salt, as the handshake does with its chaining key.
        var salt = TestBytes.Pattern(32, KeyStep);
        var second = new byte[32];

        HmacBlake2s.DeriveTwo(salt, TestBytes.Pattern(materialLength, DataStep), salt, second);

        Assert.Equal(expectedFirst, Convert.ToHexStringLower(salt));
        Assert.Equal(expectedSecond, Convert.ToHexStringLower(second));
    }

    private static string Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var mac = new byte[Blake2s.HashLength];
        HmacBlake2s.Compute(key, first, second, mac);
        return Convert.ToHexStringLower(mac);
    }
}
