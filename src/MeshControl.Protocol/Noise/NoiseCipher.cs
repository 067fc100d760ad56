using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MeshControl.Protocol.Noise;

/// <summary>
/// One direction of a channel: ChaCha20-Poly1305 with a nonce that counts messages, so order and completeness are
/// authenticated too. Failure is final, since no later message could be in step. Not thread-safe; each direction has one owner.
/// </summary>
public sealed class NoiseCipher : IDisposable
{
    /// <summary>The counter value that Noise reserves: a cipher that reached it is exhausted.</summary>
    internal const ulong ReservedCounter = ulong.MaxValue;

    private const int CounterOffset = NoiseProtocol.NonceLength - sizeof(ulong);

    private readonly ChaCha20Poly1305 _cipher;
    private ulong _counter;

    internal NoiseCipher(ReadOnlySpan<byte> key, ulong counter = 0)
    {
        _cipher = new ChaCha20Poly1305(key);
        _counter = counter;
    }

    /// <summary>True after any failure or exhaustion: the connection has to be closed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Encrypts in place.</summary>
    /// <param name="data">Plaintext that becomes ciphertext; may be empty.</param>
    /// <param name="tag">Receives <see cref="NoiseProtocol.TagLength"/> bytes.</param>
    /// <returns>False, with nothing written, when the cipher has failed or is exhausted.</returns>
    public bool TrySeal(Span<byte> data, Span<byte> tag)
    {
        Span<byte> nonce = stackalloc byte[NoiseProtocol.NonceLength];
        if (!TryTakeNonce(nonce))
        {
            return false;
        }

        _cipher.Encrypt(nonce, data, data, tag);
        return true;
    }

    /// <summary>Decrypts and checks one message.</summary>
    /// <param name="ciphertext">The whole message with its tag at the end.</param>
    /// <param name="plaintext">Room for the message without tag; may be where the ciphertext is.</param>
    /// <param name="written">Bytes of plaintext; zero is legal.</param>
    /// <returns>False, for this and all later messages, when it was altered, repeated, left out or moved.</returns>
    public bool TryOpen(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext, out int written)
    {
        written = 0;
        var length = ciphertext.Length - NoiseProtocol.TagLength;
        if (length > plaintext.Length)
        {
            throw new ArgumentException($"The plaintext needs {length} bytes.", nameof(plaintext));
        }

        Span<byte> nonce = stackalloc byte[NoiseProtocol.NonceLength];
        if (length < 0 || !TryTakeNonce(nonce))
        {
            HasFailed = true;
            return false;
        }

        try
        {
            _cipher.Decrypt(nonce, ciphertext[..length], ciphertext[length..], plaintext[..length]);
        }
        catch (AuthenticationTagMismatchException)
        {
            HasFailed = true;
            return false;
        }

        written = length;
        return true;
    }

    public void Dispose() => _cipher.Dispose();

    // Noise counts little-endian; this protocol counts big-endian. Libraries of Noise agree with it for the first message only.
    private bool TryTakeNonce(Span<byte> nonce)
    {
        if (_counter == ReservedCounter)
        {
            HasFailed = true;
        }

        if (HasFailed)
        {
            return false;
        }

        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[CounterOffset..], _counter);
        _counter++;
        return true;
    }
}
