using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;

namespace MeshControl.Testing.Relays;

/// <summary>
/// NaCl's <c>crypto_box</c> for the relay's login, written for tests from the algorithms' descriptions: slow, plain, and independent of
/// what the product uses. A box is the tag of 16 bytes and then the ciphertext.
/// </summary>
public static class RelayBox
{
    public const int NonceLength = 24;
    public const int Overhead = 16;

    private const int BlockLength = 64;
    private const int SubKeyLength = 32;

    // "expand 32-byte k", as four little-endian words.
    private static readonly uint[] Sigma = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];

    private static readonly BigInteger Prime = (BigInteger.One << 130) - 5;
    private static readonly BigInteger TagModulus = BigInteger.One << 128;
    private static readonly BigInteger Clamp = BigInteger.Parse("00ffffffc0ffffffc0ffffffc0fffffff", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>The key of all boxes between two parties.</summary>
    public static byte[] SharedKey(X25519PrivateKey mine, KeyBytes theirs)
    {
        var shared = new byte[KeyBytes.Length];
        if (!mine.TryAgree(theirs, shared))
        {
            throw new CryptographicException("The other side's key agrees on nothing.");
        }

        return HSalsa20(shared, new byte[16]);
    }

    public static byte[] Seal(X25519PrivateKey sender, KeyBytes recipient, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext)
    {
        var (stream, macKey) = KeyStream(SharedKey(sender, recipient), nonce, plaintext.Length);
        var box = new byte[Overhead + plaintext.Length];
        Xor(plaintext, stream, box.AsSpan(Overhead));
        Poly1305(macKey, box.AsSpan(Overhead)).CopyTo(box, 0);
        return box;
    }

    /// <returns>Null when the box was not sealed by the sender for this recipient.</returns>
    public static byte[]? Open(X25519PrivateKey recipient, KeyBytes sender, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> box)
    {
        if (box.Length < Overhead)
        {
            return null;
        }

        var ciphertext = box[Overhead..];
        var (stream, macKey) = KeyStream(SharedKey(recipient, sender), nonce, ciphertext.Length);
        if (!CryptographicOperations.FixedTimeEquals(Poly1305(macKey, ciphertext), box[..Overhead]))
        {
            return null;
        }

        var plaintext = new byte[ciphertext.Length];
        Xor(ciphertext, stream, plaintext);
        return plaintext;
    }

    /// <summary>XSalsa20's stream: its first 32 bytes authenticate, those after them encrypt.</summary>
    private static (byte[] Stream, byte[] MacKey) KeyStream(byte[] key, ReadOnlySpan<byte> nonce, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceLength);
        var subKey = HSalsa20(key, nonce[..16]);
        var blocks = (SubKeyLength + length + BlockLength - 1) / BlockLength;
        var stream = new byte[blocks * BlockLength];
        Span<byte> input = stackalloc byte[16];
        nonce[16..].CopyTo(input);
        for (var block = 0; block < blocks; block++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(input[8..], (ulong)block);
            var start = Arrange(subKey, input);
            var end = Rounds(start);
            for (var i = 0; i < end.Length; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(stream.AsSpan((block * BlockLength) + (4 * i)), start[i] + end[i]);
            }
        }

        return (stream[SubKeyLength..], stream[..SubKeyLength]);
    }

    private static byte[] HSalsa20(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        var words = Rounds(Arrange(key, input));
        var result = new byte[SubKeyLength];
        int[] taken = [0, 5, 10, 15, 6, 7, 8, 9];
        for (var i = 0; i < taken.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(4 * i), words[taken[i]]);
        }

        return result;
    }

    /// <summary>The square of 16 words: constants on the diagonal, the key's halves around the input.</summary>
    private static uint[] Arrange(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        var words = new uint[16];
        for (var i = 0; i < 4; i++)
        {
            words[5 * i] = Sigma[i];
            words[1 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
            words[6 + i] = BinaryPrimitives.ReadUInt32LittleEndian(input[(4 * i)..]);
            words[11 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(16 + (4 * i))..]);
        }

        return words;
    }

    private static uint[] Rounds(uint[] start)
    {
        var x = (uint[])start.Clone();
        for (var round = 0; round < 20; round += 2)
        {
            for (var i = 0; i < 4; i++)
            {
                // Down each column, beginning on the diagonal.
                QuarterRound(x, 5 * i, (4 + (5 * i)) % 16, (8 + (5 * i)) % 16, (12 + (5 * i)) % 16);
            }

            for (var i = 0; i < 4; i++)
            {
                // Along each row, beginning on the diagonal.
                QuarterRound(x, 5 * i, (4 * i) + ((i + 1) % 4), (4 * i) + ((i + 2) % 4), (4 * i) + ((i + 3) % 4));
            }
        }

        return x;
    }

    private static void QuarterRound(uint[] x, int a, int b, int c, int d)
    {
        x[b] ^= BitOperations.RotateLeft(x[a] + x[d], 7);
        x[c] ^= BitOperations.RotateLeft(x[b] + x[a], 9);
        x[d] ^= BitOperations.RotateLeft(x[c] + x[b], 13);
        x[a] ^= BitOperations.RotateLeft(x[d] + x[c], 18);
    }

    private static byte[] Poly1305(byte[] key, ReadOnlySpan<byte> message)
    {
        var r = new BigInteger(key.AsSpan(0, 16), isUnsigned: true) & Clamp;
        var s = new BigInteger(key.AsSpan(16, 16), isUnsigned: true);
        var sum = BigInteger.Zero;
        for (var at = 0; at < message.Length; at += 16)
        {
            var part = message[at..Math.Min(at + 16, message.Length)];
            var number = new BigInteger(part, isUnsigned: true) + (BigInteger.One << (8 * part.Length));
            sum = (sum + number) * r % Prime;
        }

        var tag = new byte[Overhead];
        ((sum + s) % TagModulus).TryWriteBytes(tag, out _, isUnsigned: true);
        return tag;
    }

    private static void Xor(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> result)
    {
        for (var i = 0; i < left.Length; i++)
        {
            result[i] = (byte)(left[i] ^ right[i]);
        }
    }
}
