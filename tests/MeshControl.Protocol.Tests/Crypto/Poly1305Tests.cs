using MeshControl.Protocol.Crypto;

namespace MeshControl.Protocol.Tests.Crypto;

public sealed class Poly1305Tests
{
    // RFC 8439 section 2.5.2, then those of appendix A.3 that are about carries: sums at, just below and just above the modulus.
    [Theory]
    [InlineData(
        "85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b",
        "43727970746f6772617068696320466f72756d2052657365617263682047726f7570",
        "a8061dc1305136c6c22b8baf0c0127a9")]
    [InlineData(
        "0200000000000000000000000000000000000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffff",
        "03000000000000000000000000000000")]
    [InlineData(
        "02000000000000000000000000000000ffffffffffffffffffffffffffffffff",
        "02000000000000000000000000000000",
        "03000000000000000000000000000000")]
    [InlineData(
        "0100000000000000000000000000000000000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff11000000000000000000000000000000",
        "05000000000000000000000000000000")]
    [InlineData(
        "0100000000000000000000000000000000000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe01010101010101010101010101010101",
        "00000000000000000000000000000000")]
    [InlineData(
        "0200000000000000000000000000000000000000000000000000000000000000",
        "fdffffffffffffffffffffffffffffff",
        "faffffffffffffffffffffffffffffff")]
    [InlineData(
        "0100000000000000040000000000000000000000000000000000000000000000",
        "e33594d7505e43b900000000000000003394d7505e4379cd01000000000000000000000000000000000000000000000001000000000000000000000000000000",
        "14000000000000005500000000000000")]
    [InlineData(
        "0100000000000000040000000000000000000000000000000000000000000000",
        "e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000",
        "13000000000000000000000000000000")]
    public void Compute_VectorsOfRfc8439_GiveKnownTag(string key, string message, string expected)
    {
        Assert.Equal(expected, Convert.ToHexStringLower(Compute(Convert.FromHexString(key), Convert.FromHexString(message))));
    }

    // Bytes of ones and zeros make the longest carries; random ones hardly ever make any.
    [Fact]
    public void Compute_ExtremeAndRandomBytes_AgreesWithLibsodium()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var (key, message) = (Mixed(random, Poly1305.KeyLength), Mixed(random, random.Next(100)));

            Assert.Equal(Sodium.Poly1305(key, message), Compute(key, message));
        }
    }

    private static byte[] Compute(byte[] key, byte[] message)
    {
        var tag = new byte[Poly1305.TagLength];
        Poly1305.Compute(key, message, tag);
        return tag;
    }

    private static byte[] Mixed(Random random, int length)
    {
        var bytes = TestBytes.FromRandom(random, length);
        var rare = random.Next(1, 40);
        for (var i = 0; i < length; i++)
        {
            bytes[i] = random.Next(rare) == 0 ? bytes[i] : (byte)(bytes[0] % 2 == 0 ? 0xFF : random.Next(2) * 0xFF);
        }

        return bytes;
    }
}
