using System.Security.Cryptography;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Crypto;

/// <summary>
/// NaCl's <c>crypto_box</c> (X25519, HSalsa20, XSalsa20-Poly1305; nacl.cr.yp.to/box.html): what only the holder of one of two private
/// keys can write and only the holder of the other can read. Both logins of a relay travel in one. The box is the 16 bytes of the tag, then
/// the encrypted bytes; the nonce travels beside it, and is random.
/// </summary>
public static class NaclBox
{
    /// <summary>Bytes in a nonce: long enough to be drawn at random for every message.</summary>
    public const int NonceLength = 24;

    /// <summary>How many bytes longer a box is than what is in it.</summary>
    public const int Overhead = Poly1305.TagLength;

    // The first half of the first block of the key stream authenticates; the message begins behind it.
    private const int StreamOffset = Poly1305.KeyLength;

    /// <param name="sender">Our private key.</param>
    /// <param name="recipient">Who is to read it.</param>
    /// <param name="nonce"><see cref="NonceLength"/> bytes, never the same twice for two keys.</param>
    /// <param name="plain">The message; may be empty, and may be where its encrypted bytes go (behind the tag).</param>
    /// <param name="box">Receives the box: exactly <see cref="Overhead"/> bytes longer than the message.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="CryptographicException">
    /// The recipient's key is one of the few with which every agreement is zero, so that everybody could read the message. A peer that
    /// tells its key may tell such a one.
    /// </exception>
    public static void Seal(
        X25519PrivateKey sender, KeyBytes recipient, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> box)
    {
        RequireLengths(nonce, plain.Length, box.Length);
        Span<byte> key = stackalloc byte[Salsa20.KeyLength];
        Span<byte> block = stackalloc byte[Salsa20.BlockLength];
        try
        {
            if (!TryDeriveKey(sender, recipient, nonce, key))
            {
                throw new CryptographicException("The recipient's key is a point of low order: what is sealed for it is no secret.");
            }

            var encrypted = box[Overhead..];
            Apply(key, nonce, plain, encrypted, block);
            Salsa20.WriteBlock(key, nonce[Salsa20.DeriveInputLength..], 0, block);
            Poly1305.Compute(block[..Poly1305.KeyLength], encrypted, box[..Overhead]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(block);
        }
    }

    /// <param name="recipient">Our private key.</param>
    /// <param name="sender">Who is said to have written it.</param>
    /// <param name="nonce">The <see cref="NonceLength"/> bytes that came with the box.</param>
    /// <param name="box">The whole box.</param>
    /// <param name="plain">
    /// Receives the message, exactly <see cref="Overhead"/> bytes shorter than the box; may be where its encrypted bytes are.
    /// </param>
    /// <returns>
    /// False, with nothing written, when the holder of the sender's key did not write this box, or when the sender's key is no key.
    /// </returns>
    /// <exception cref="ArgumentException">A span has another length than it needs; so has a box that is shorter than its tag.</exception>
    public static bool TryOpen(
        X25519PrivateKey recipient, KeyBytes sender, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> box, Span<byte> plain)
    {
        RequireLengths(nonce, plain.Length, box.Length);
        Span<byte> key = stackalloc byte[Salsa20.KeyLength];
        Span<byte> block = stackalloc byte[Salsa20.BlockLength];
        Span<byte> tag = stackalloc byte[Poly1305.TagLength];
        try
        {
            if (!TryDeriveKey(recipient, sender, nonce, key))
            {
                return false;
            }

            var encrypted = box[Overhead..];
            Salsa20.WriteBlock(key, nonce[Salsa20.DeriveInputLength..], 0, block);
            Poly1305.Compute(block[..Poly1305.KeyLength], encrypted, tag);
            if (!CryptographicOperations.FixedTimeEquals(tag, box[..Overhead]))
            {
                return false;
            }

            Apply(key, nonce, encrypted, plain, block);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(block);
            // The right tag of a forged message is worth as much as the key of this nonce.
            CryptographicOperations.ZeroMemory(tag);
        }
    }

    private static void RequireLengths(ReadOnlySpan<byte> nonce, int plainLength, int boxLength)
    {
        if (nonce.Length != NonceLength)
        {
            throw new ArgumentException($"A nonce has {NonceLength} bytes, not {nonce.Length}.", nameof(nonce));
        }

        if (boxLength - Overhead != plainLength)
        {
            throw new ArgumentException($"A box of {boxLength} bytes and a message of {plainLength} do not fit each other.");
        }
    }

    // Shared secret -> key of the pair of keys -> key of this nonce.
    private static bool TryDeriveKey(X25519PrivateKey own, KeyBytes peer, ReadOnlySpan<byte> nonce, Span<byte> key)
    {
        Span<byte> shared = stackalloc byte[KeyBytes.Length];
        Span<byte> pairKey = stackalloc byte[Salsa20.KeyLength];
        Span<byte> zeros = stackalloc byte[Salsa20.DeriveInputLength];
        try
        {
            if (!own.TryAgree(peer, shared))
            {
                return false;
            }

            Salsa20.DeriveKey(shared, zeros, pairKey);
            Salsa20.DeriveKey(pairKey, nonce[..Salsa20.DeriveInputLength], key);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(shared);
            CryptographicOperations.ZeroMemory(pairKey);
        }
    }

    // Encrypts and decrypts: the key stream is the same. The first block has only its second half left for the message.
    private static void Apply(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> block)
    {
        var position = 0UL;
        var used = StreamOffset;
        for (var done = 0; done < source.Length;)
        {
            Salsa20.WriteBlock(key, nonce[Salsa20.DeriveInputLength..], position++, block);
            var length = Math.Min(Salsa20.BlockLength - used, source.Length - done);
            for (var i = 0; i < length; i++)
            {
                destination[done + i] = (byte)(source[done + i] ^ block[used + i]);
            }

            done += length;
            used = 0;
        }
    }
}
