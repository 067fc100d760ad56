using System.Security.Cryptography;
using System.Text;
using MeshControl.Protocol.Tests.Crypto;

namespace MeshControl.Protocol.Tests.Noise;

/// <summary>
/// A second implementation of the handshake to compare with: an interpreter of Noise message patterns (Noise specification,
/// revision 34, section 5), on OpenSSL's BLAKE2s, big-integer X25519 and the base library's AEAD. It shares no code with ours.
/// </summary>
internal sealed class ReferenceNoisePeer
{
    private const int TagLength = 16;
    private const int KeyLength = 32;

    private readonly bool _isInitiator;
    private readonly Dictionary<char, byte[]> _mine;
    private readonly Dictionary<char, byte[]> _theirs = [];
    private byte[] _h;
    private byte[] _ck;
    private byte[] _k = [];

    /// <param name="isInitiator">Client or server.</param>
    /// <param name="staticKey">Own static private key.</param>
    /// <param name="ephemeralKey">Own ephemeral private key.</param>
    /// <param name="serverPublic">What the client knows in advance.</param>
    /// <param name="version">Protocol version.</param>
    public ReferenceNoisePeer(bool isInitiator, byte[] staticKey, byte[] ephemeralKey, byte[] serverPublic, int version)
    {
        _isInitiator = isInitiator;
        _mine = new() { ['s'] = staticKey, ['e'] = ephemeralKey };
        _h = OpenSslBlake2s.Hash("Noise_IK_25519_ChaChaPoly_BLAKE2s"u8);
        _ck = _h;
        Absorb(Encoding.ASCII.GetBytes($"Tailscale Control Protocol v{version}"));
        Absorb(serverPublic);
        if (isInitiator)
        {
            _theirs['s'] = serverPublic;
        }
    }

    /// <summary>What to send in place of the true public keys, to play an attacker.</summary>
    public Dictionary<char, byte[]> ForgedPublicKeys { get; } = [];

    public byte[] Hash => _h;

    public byte[] RemoteStatic => _theirs['s'];

    /// <summary>The body of the client's message with its five leading bytes.</summary>
    public byte[] Initiate(int version) => [(byte)(version >> 8), (byte)version, 1, 0, 96, .. Write("e es s ss")];

    public void ReadInitiation(byte[] message) => Read("e es s ss", message[5..]);

    public byte[] Respond() => [2, 0, 48, .. Write("e ee se")];

    public void ReadResponse(byte[] message) => Read("e ee se", message[3..]);

    public (byte[] ClientToServer, byte[] ServerToClient) Split()
    {
        var keys = Derive(_ck, []);
        return (keys[..KeyLength], keys[KeyLength..]);
    }

    /// <summary>One transport record, for any counter.</summary>
    public static byte[] SealRecord(byte[] key, ulong counter, byte[] plaintext)
    {
        var nonce = new byte[12];
        for (var i = 0; i < 8; i++)
        {
            nonce[11 - i] = (byte)(counter >> (8 * i));
        }

        var sealedText = Seal(key, nonce, plaintext, []);
        return [4, (byte)(sealedText.Length >> 8), (byte)sealedText.Length, .. sealedText];
    }

    private static byte[] Seal(byte[] key, byte[] nonce, byte[] plaintext, byte[] associated)
    {
        var result = new byte[plaintext.Length + TagLength];
        using var aead = new ChaCha20Poly1305(key);
        aead.Encrypt(nonce, plaintext, result.AsSpan(0, plaintext.Length), result.AsSpan(plaintext.Length), associated);
        return result;
    }

    // RFC 5869: extract, then expand to two blocks.
    private static byte[] Derive(byte[] salt, byte[] material)
    {
        var pseudoRandomKey = OpenSslBlake2s.Hmac(salt, material);
        byte[] output = [], block = [];
        for (byte i = 1; i <= 2; i++)
        {
            block = OpenSslBlake2s.Hmac(pseudoRandomKey, [.. block, i]);
            output = [.. output, .. block];
        }

        return output;
    }

    private byte[] Write(string tokens)
    {
        var message = new List<byte>();
        foreach (var token in tokens.Split(' '))
        {
            switch (token)
            {
                case "e":
                    message.AddRange(Absorb(PublicKey('e')));
                    break;
                case "s":
                    message.AddRange(Encrypt(PublicKey('s')));
                    break;
                default:
                    Mix(token);
                    break;
            }
        }

        message.AddRange(Encrypt([]));
        return [.. message];
    }

    private void Read(string tokens, byte[] message)
    {
        foreach (var token in tokens.Split(' '))
        {
            switch (token)
            {
                case "e":
                    _theirs['e'] = Absorb(Take(ref message, KeyLength));
                    break;
                case "s":
                    _theirs['s'] = Decrypt(Take(ref message, KeyLength + TagLength));
                    break;
                default:
                    Mix(token);
                    break;
            }
        }

        Assert.Empty(Decrypt(message));
    }

    // The first letter names the initiator's key, the second the responder's.
    private void Mix(string token)
    {
        var (own, other) = _isInitiator ? (token[0], token[1]) : (token[1], token[0]);
        var keys = Derive(_ck, SlowX25519.Multiply(_mine[own], _theirs[other]));
        (_ck, _k) = (keys[..KeyLength], keys[KeyLength..]);
    }

    private byte[] Encrypt(byte[] plaintext) => Absorb(Seal(_k, new byte[12], plaintext, _h));

    private byte[] Decrypt(byte[] sealedText)
    {
        var plaintext = new byte[sealedText.Length - TagLength];
        using var aead = new ChaCha20Poly1305(_k);
        aead.Decrypt(new byte[12], sealedText.AsSpan(0, plaintext.Length), sealedText.AsSpan(plaintext.Length), plaintext, _h);
        Absorb(sealedText);
        return plaintext;
    }

    private byte[] Absorb(byte[] data)
    {
        _h = OpenSslBlake2s.Hash([.. _h, .. data]);
        return data;
    }

    private byte[] PublicKey(char kind) =>
        ForgedPublicKeys.TryGetValue(kind, out var forged) ? forged : SlowX25519.PublicKey(_mine[kind]);

    private static byte[] Take(ref byte[] message, int length)
    {
        var head = message[..length];
        message = message[length..];
        return head;
    }
}
