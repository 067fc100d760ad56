using System.Security.Cryptography;
using MeshControl.Protocol.Noise;
using MeshControl.Protocol.Tests.Crypto;

namespace MeshControl.Protocol.Tests.Noise;

public sealed class NoiseCipherTests : IDisposable
{
    private static readonly byte[] Key = TestBytes.Pattern(32, step: 9);

    private readonly NoiseCipher _sending = new(Key);
    private readonly NoiseCipher _receiving = new(Key);

    public void Dispose()
    {
        _sending.Dispose();
        _receiving.Dispose();
    }

    // The nonce is asked of the base library's cipher, byte by byte: big-endian counter after four zeros.
    [Theory]
    [InlineData(0UL, "000000000000000000000000")]
    [InlineData(1UL, "000000000000000000000001")]
    [InlineData(256UL, "000000000000000000000100")]
    [InlineData(0x0102030405060708UL, "000000000102030405060708")]
    [InlineData(ulong.MaxValue - 1, "00000000fffffffffffffffe")]
    public void TrySeal_AtCounter_UsesBigEndianNonce(ulong counter, string nonce)
    {
        using var cipher = new NoiseCipher(Key, counter);
        using var aead = new ChaCha20Poly1305(Key);
        byte[] plaintext = [1, 2, 3];
        var expected = new byte[plaintext.Length];
        var expectedTag = new byte[NoiseProtocol.TagLength];
        aead.Encrypt(Convert.FromHexString(nonce), plaintext, expected, expectedTag);

        var tag = new byte[NoiseProtocol.TagLength];
        Assert.True(cipher.TrySeal(plaintext, tag));

        Assert.Equal(expected, plaintext);
        Assert.Equal(expectedTag, tag);
    }

    [Fact]
    public void TryOpen_Replay_FailsForGood()
    {
        var first = Seal(1);
        var second = Seal(2);
        AssertOpens(first, 1);

        AssertFails(first);
        AssertFails(second);
    }

    [Fact]
    public void TryOpen_OutOfOrder_FailsForGood()
    {
        var first = Seal(1);
        var second = Seal(2);

        AssertFails(second);
        AssertFails(first);
    }

    [Fact]
    public void TryOpen_MessageLeftOut_FailsForGood()
    {
        AssertOpens(Seal(1), 1);
        Seal(2);

        AssertFails(Seal(3));
    }

    [Fact]
    public void TryOpen_OwnDirectionReflected_Fails()
    {
        using var other = new NoiseCipher(TestBytes.Pattern(32, step: 5));

        Assert.False(other.TryOpen(Seal(1), new byte[1], out _));
    }

    [Fact]
    public void TryOpen_AnyBitFlipped_Fails()
    {
        byte[] message = new byte[5 + NoiseProtocol.TagLength];
        Assert.True(_sending.TrySeal(message.AsSpan(0, 5), message.AsSpan(5)));
        for (var bit = 0; bit < message.Length * 8; bit++)
        {
            var flipped = message.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            using var cipher = new NoiseCipher(Key);
            Assert.False(cipher.TryOpen(flipped, new byte[5], out _));
            Assert.True(cipher.HasFailed);
        }
    }

    [Fact]
    public void TryOpen_ShorterThanTag_FailsForGood()
    {
        AssertFails(new byte[NoiseProtocol.TagLength - 1]);
        AssertFails(Seal(1));
    }

    [Fact]
    public void TryOpen_Failure_LeavesNoPlaintext()
    {
        var message = Seal(0x5A);
        message[^1] ^= 1;
        byte[] plaintext = [0x77];

        Assert.False(_receiving.TryOpen(message, plaintext, out _));
        Assert.NotEqual(0x5A, plaintext[0]);
    }

    [Fact]
    public void TryOpen_TooLittleRoom_Throws() =>
        Assert.Throws<ArgumentException>(() => _receiving.TryOpen(Seal(1), [], out _));

    [Fact]
    public void TrySeal_AfterFailure_IsRefused()
    {
        AssertFails(new byte[NoiseProtocol.TagLength]);

        byte[] data = [1];
        Assert.False(_receiving.TrySeal(data, new byte[NoiseProtocol.TagLength]));
        Assert.Equal(1, data[0]);
    }

    [Fact]
    public void TrySeal_LastCounter_WorksOnceThenIsExhausted()
    {
        using var cipher = new NoiseCipher(Key, NoiseCipher.ReservedCounter - 1);
        byte[] data = [1];
        var tag = new byte[NoiseProtocol.TagLength];
        Assert.True(cipher.TrySeal(data, tag));
        Assert.False(cipher.HasFailed);

        data = [1];
        tag = new byte[NoiseProtocol.TagLength];
        for (var i = 0; i < 2; i++)
        {
            Assert.False(cipher.TrySeal(data, tag));
            Assert.True(cipher.HasFailed);
            Assert.Equal(1, data[0]);
            Assert.All(tag, value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void TryOpen_LastCounter_WorksOnceThenIsExhausted()
    {
        using var sending = new NoiseCipher(Key, NoiseCipher.ReservedCounter - 1);
        using var receiving = new NoiseCipher(Key, NoiseCipher.ReservedCounter - 1);
        byte[] message = new byte[1 + NoiseProtocol.TagLength];
        Assert.True(sending.TrySeal(message.AsSpan(0, 1), message.AsSpan(1)));
        Assert.True(receiving.TryOpen(message, new byte[1], out _));

        // What a peer would send that wrapped to zero, or used the reserved value.
        using var wrapped = new NoiseCipher(Key);
        message = new byte[1 + NoiseProtocol.TagLength];
        Assert.True(wrapped.TrySeal(message.AsSpan(0, 1), message.AsSpan(1)));
        Assert.False(receiving.TryOpen(message, new byte[1], out _));
        Assert.True(receiving.HasFailed);

        using var aead = new ChaCha20Poly1305(Key);
        using var atReserved = new NoiseCipher(Key, NoiseCipher.ReservedCounter);
        aead.Encrypt(
            Convert.FromHexString("00000000ffffffffffffffff"), [0], message.AsSpan(0, 1), message.AsSpan(1));
        Assert.False(atReserved.TryOpen(message, new byte[1], out _));
    }

    private byte[] Seal(byte value)
    {
        var message = new byte[1 + NoiseProtocol.TagLength];
        message[0] = value;
        Assert.True(_sending.TrySeal(message.AsSpan(0, 1), message.AsSpan(1)));
        return message;
    }

    private void AssertOpens(byte[] message, byte expected)
    {
        var plaintext = new byte[1];
        Assert.True(_receiving.TryOpen(message, plaintext, out var written));
        Assert.Equal(1, written);
        Assert.Equal(expected, plaintext[0]);
    }

    private void AssertFails(byte[] message)
    {
        Assert.False(_receiving.TryOpen(message, new byte[message.Length], out var written));
        Assert.Equal(0, written);
        Assert.True(_receiving.HasFailed);
    }
}
