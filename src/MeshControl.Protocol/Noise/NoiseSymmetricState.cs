using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Noise;

/// <summary>
/// What both sides of a handshake compute in step: a hash of everything seen, a chaining key, and the cipher key of the
/// latest agreement. A value type with secrets inside: pass it by reference and end with <see cref="Clear"/>.
/// </summary>
internal struct NoiseSymmetricState
{
    private const int MaxVersionDigits = 5;

    private KeyBytes _hash;
    private KeyBytes _chainingKey;
    private KeyBytes _cipherKey;

    /// <summary>Hash of all messages so far. Equal on both sides exactly if they saw the same bytes.</summary>
    public readonly KeyBytes Hash => _hash;

    /// <summary>
    /// The state before the first message: protocol name, prologue, and the server's key, which the client knows in advance.
    /// </summary>
    public static NoiseSymmetricState Create(int version, KeyBytes serverKey)
    {
        var state = default(NoiseSymmetricState);
        Span<byte> name = stackalloc byte[NoiseProtocol.HandshakeName.Length];
        Encoding.ASCII.GetBytes(NoiseProtocol.HandshakeName, name);
        // The name is longer than a hash, so Noise starts from its hash and not from the name itself.
        Blake2s.Hash(name, [], state._hash);
        state._chainingKey = state._hash;

        Span<byte> prologue = stackalloc byte[NoiseProtocol.ProloguePrefix.Length + MaxVersionDigits];
        var length = Encoding.ASCII.GetBytes(NoiseProtocol.ProloguePrefix, prologue);
        version.TryFormat(prologue[length..], out var digits, default, CultureInfo.InvariantCulture);
        state.MixHash(prologue[..(length + digits)]);
        state.MixHash(serverKey.Span);
        return state;
    }

    public void MixHash(ReadOnlySpan<byte> data) => Blake2s.Hash(_hash, data, _hash);

    /// <summary>Agrees on a secret and makes chaining key and cipher key depend on it.</summary>
    /// <returns>False when the public key is of low order.</returns>
    public bool TryMixAgreement(X25519PrivateKey privateKey, KeyBytes publicKey)
    {
        Span<byte> shared = stackalloc byte[KeyBytes.Length];
        if (!privateKey.TryAgree(publicKey, shared))
        {
            return false;
        }

        HmacBlake2s.DeriveTwo(_chainingKey, shared, _chainingKey, _cipherKey);
        CryptographicOperations.ZeroMemory(shared);
        return true;
    }

    /// <summary>Writes the ciphertext and its tag, and mixes both into the hash. Once per agreement: the nonce is always zero.</summary>
    public void EncryptAndHash(ReadOnlySpan<byte> plaintext, Span<byte> sealedText)
    {
        Span<byte> nonce = stackalloc byte[NoiseProtocol.NonceLength];
        nonce.Clear();
        using (var cipher = new ChaCha20Poly1305(_cipherKey))
        {
            cipher.Encrypt(nonce, plaintext, sealedText[..plaintext.Length], sealedText[plaintext.Length..], _hash);
        }

        MixHash(sealedText);
    }

    /// <summary>The reverse of <see cref="EncryptAndHash"/>; the plaintext has the length of the sealed text without tag.</summary>
    /// <returns>False when the tag does not match.</returns>
    public bool TryDecryptAndHash(ReadOnlySpan<byte> sealedText, Span<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[NoiseProtocol.NonceLength];
        nonce.Clear();
        using (var cipher = new ChaCha20Poly1305(_cipherKey))
        {
            try
            {
                cipher.Decrypt(nonce, sealedText[..plaintext.Length], sealedText[plaintext.Length..], plaintext, _hash);
            }
            catch (AuthenticationTagMismatchException)
            {
                return false;
            }
        }

        MixHash(sealedText);
        return true;
    }

    /// <summary>Makes the two ciphers of the channel from the final chaining key.</summary>
    public readonly void Split(out NoiseCipher clientToServer, out NoiseCipher serverToClient)
    {
        Span<byte> clientKey = stackalloc byte[KeyBytes.Length];
        Span<byte> serverKey = stackalloc byte[KeyBytes.Length];
        HmacBlake2s.DeriveTwo(_chainingKey.Span, [], clientKey, serverKey);
        clientToServer = new NoiseCipher(clientKey);
        serverToClient = new NoiseCipher(serverKey);
        CryptographicOperations.ZeroMemory(clientKey);
        CryptographicOperations.ZeroMemory(serverKey);
    }

    public void Clear() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref this, 1)));
}
