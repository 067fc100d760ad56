using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Crypto;

/// <summary>
/// A private key for X25519 key agreement (RFC 7748): a machine key, a node key, the server's own key, or an ephemeral one.
/// The secret lives in OpenSSL's memory. One instance may be used from many threads at once.
/// </summary>
public sealed class X25519PrivateKey : IDisposable
{
    /// <summary>What stands before the 64 hex digits of the text form.</summary>
    public const string TextPrefix = "privkey:";

    private const string RedactedText = TextPrefix + "[redacted]";

    // Only read after construction; OpenSSL counts references to it, and every agreement has a context of its own.
    private readonly EvpKeyHandle _handle;

    private X25519PrivateKey(EvpKeyHandle handle, KeyBytes publicKey)
    {
        _handle = handle;
        PublicKey = publicKey;
    }

    public KeyBytes PublicKey { get; }

    /// <summary>A fresh key from the operating system's random source.</summary>
    public static X25519PrivateKey Generate()
    {
        Span<byte> secret = stackalloc byte[KeyBytes.Length];
        RandomNumberGenerator.Fill(secret);
        try
        {
            return Import(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Takes 32 secret bytes, clamped or not; the caller zeroes its copy.</summary>
    /// <exception cref="ArgumentException">The span has another length, or is all zero, which means "no key" everywhere.</exception>
    public static X25519PrivateKey Import(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != KeyBytes.Length)
        {
            throw new ArgumentException($"A private key has {KeyBytes.Length} bytes, not {secret.Length}.", nameof(secret));
        }

        if (IsAllZero(secret))
        {
            throw new ArgumentException("The private key is all zero.", nameof(secret));
        }

        Span<byte> clamped = stackalloc byte[KeyBytes.Length];
        secret.CopyTo(clamped);
        // X25519 clamps whenever it computes. Doing it here gives one text form to all spellings of a key.
        clamped[0] &= 0b1111_1000;
        clamped[^1] = (byte)((clamped[^1] & 0b0111_1111) | 0b0100_0000);
        try
        {
            return ImportClamped(clamped);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clamped);
        }
    }

    /// <returns>False unless the text is the prefix and 64 hex digits of either case that are not all zero.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out X25519PrivateKey? key)
    {
        key = null;
        if (text.Length != TextPrefix.Length + (2 * KeyBytes.Length) || !text.StartsWith(TextPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        Span<byte> secret = stackalloc byte[KeyBytes.Length];
        try
        {
            if (Convert.FromHexString(text[TextPrefix.Length..], secret, out _, out _) != OperationStatus.Done || IsAllZero(secret))
            {
                return false;
            }

            key = Import(secret);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Computes the secret shared with the holder of another key.</summary>
    /// <param name="peerPublic">The other side's public key, from anywhere.</param>
    /// <param name="shared">Receives 32 bytes; the caller zeroes them.</param>
    /// <returns>False for the few points of low order, whose shared secret is zero whatever the private key is.</returns>
    public bool TryAgree(KeyBytes peerPublic, Span<byte> shared)
    {
        if (shared.Length != KeyBytes.Length)
        {
            throw new ArgumentException($"A shared secret has {KeyBytes.Length} bytes, not {shared.Length}.", nameof(shared));
        }

        using var peer = LibCrypto.NewRawPublicKey(LibCrypto.X25519, 0, peerPublic.Span, KeyBytes.Length);
        using var context = LibCrypto.NewKeyContext(_handle, 0);
        var length = (nuint)KeyBytes.Length;
        var agreed = !peer.IsInvalid && !context.IsInvalid
            && LibCrypto.DeriveInit(context) == LibCrypto.Success
            && LibCrypto.DeriveSetPeer(context, peer) == LibCrypto.Success
            && LibCrypto.Derive(context, shared, ref length) == LibCrypto.Success
            && length == KeyBytes.Length;
        if (!agreed)
        {
            LibCrypto.ClearErrors();
            CryptographicOperations.ZeroMemory(shared);
            return false;
        }

        // OpenSSL refuses a zero result itself; a build that does not must not weaken the handshake.
        return !IsAllZero(shared);
    }

    /// <summary>The secret itself as text, for the key file and nothing else.</summary>
    public string ExportSecretText()
    {
        Span<byte> secret = stackalloc byte[KeyBytes.Length];
        try
        {
            var length = (nuint)KeyBytes.Length;
            Require(LibCrypto.GetRawPrivateKey(_handle, secret, ref length) == LibCrypto.Success, "export a private key");
            return TextPrefix + Convert.ToHexStringLower(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>Never the secret.</summary>
    public override string ToString() => RedactedText;

    private static X25519PrivateKey ImportClamped(ReadOnlySpan<byte> secret)
    {
        var handle = LibCrypto.NewRawPrivateKey(LibCrypto.X25519, 0, secret, KeyBytes.Length);
        try
        {
            Require(!handle.IsInvalid, "import a private key");
            Span<byte> publicKey = stackalloc byte[KeyBytes.Length];
            var length = (nuint)KeyBytes.Length;
            Require(LibCrypto.GetRawPublicKey(handle, publicKey, ref length) == LibCrypto.Success, "compute a public key");
            return new X25519PrivateKey(handle, new KeyBytes(publicKey));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    // No early exit: how many leading bytes of a secret are zero does not show in the time taken.
    private static bool IsAllZero(ReadOnlySpan<byte> bytes)
    {
        var seen = 0;
        foreach (var value in bytes)
        {
            seen |= value;
        }

        return seen == 0;
    }

    private static void Require(bool worked, string action)
    {
        if (!worked)
        {
            LibCrypto.ClearErrors();
            throw new CryptographicException($"OpenSSL could not {action} for X25519.");
        }
    }
}
