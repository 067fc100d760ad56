using MeshControl.Protocol.Crypto;

namespace MeshControl.Protocol.Tests.Crypto;

public sealed class Blake2sTests
{
    private const int ComparedLengths = 700;

    // RFC 7693 appendix B.
    [Fact]
    public void Hash_Abc_IsVectorOfRfc7693() =>
        Assert.Equal("508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982", Hex(Hash("abc"u8, [])));

    [Fact]
    public void Hash_EveryLengthUpToSeveralBlocks_EqualsOpenSsl()
    {
        for (var length = 0; length < ComparedLengths; length++)
        {
            var data = TestBytes.Pattern(length, step: 7);
            Assert.Equal(Hex(OpenSslBlake2s.Hash(data)), Hex(Hash(data, [])));
        }
    }

    [Fact]
    public void Hash_InTwoParts_EqualsWhole()
    {
        var data = TestBytes.Pattern(200, step: 11);
        var whole = Hex(Hash(data, []));
        for (var split = 0; split <= data.Length; split++)
        {
            Assert.Equal(whole, Hex(Hash(data.AsSpan(0, split), data.AsSpan(split))));
        }
    }

    [Fact]
    public void Update_ByteByByte_EqualsWhole()
    {
        var data = TestBytes.Pattern(130, step: 13);
        var hash = Blake2s.Create();
        foreach (var value in data)
        {
            hash.Update([value]);
        }

        var digest = new byte[Blake2s.HashLength];
        hash.Finish(digest);
        Assert.Equal(Hex(Hash(data, [])), Hex(digest));
    }

    [Fact]
    public void Hash_DigestOverwritesInput_IsTheSame()
    {
        var data = TestBytes.Pattern(Blake2s.HashLength, step: 3);
        var expected = Hex(Hash(data, data));
        Blake2s.Hash(data, data, data);
        Assert.Equal(expected, Hex(data));
    }

    [Fact]
    public void Hash_AnyLength_AllocatesNothing()
    {
        var data = TestBytes.Pattern(1000, step: 3);
        var digest = new byte[Blake2s.HashLength];
        Blake2s.Hash(data, data, digest);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Blake2s.Hash(data, data, digest);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var digest = new byte[Blake2s.HashLength];
        Blake2s.Hash(first, second, digest);
        return digest;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
