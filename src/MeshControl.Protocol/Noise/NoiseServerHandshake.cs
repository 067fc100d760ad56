using System.Buffers.Binary;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Noise;

/// <summary>
/// The answering side of the handshake. The client's one message proves that it knows the server's key and holds its own
/// machine key; the answer proves that the server holds its key. Any machine key is accepted: what it may do is decided per request.
/// </summary>
/// <remarks>
/// <code>
/// initiation, 101 bytes              response, 51 bytes
///  0  2  version, big-endian          0  1  type 2
///  2  1  type 1                       1  2  length 48, big-endian
///  3  2  length 96, big-endian        3 32  server's ephemeral key
///  5 32  client's ephemeral key      35 16  tag of an empty payload
/// 37 48  client's machine key, sealed
/// 85 16  tag of an empty payload
/// </code>
/// </remarks>
public static class NoiseServerHandshake
{
    /// <summary>Reads a client's initiation and computes the answer to it.</summary>
    /// <param name="serverKey">The server's static key.</param>
    /// <param name="initiation">What the client sent.</param>
    /// <param name="response">Receives <see cref="NoiseProtocol.ResponseLength"/> bytes to send if the result is Ok.</param>
    /// <param name="session">The channel, owned by the caller, if the result is Ok.</param>
    public static HandshakeResult TryRespond(
        X25519PrivateKey serverKey, ReadOnlySpan<byte> initiation, Span<byte> response, out NoiseSession? session) =>
        TryRespond(serverKey, ephemeralKey: null, initiation, response, out session);

    /// <summary>The same with a chosen ephemeral key, for known answers. A key used twice would break secrecy.</summary>
    internal static HandshakeResult TryRespond(
        X25519PrivateKey serverKey,
        X25519PrivateKey? ephemeralKey,
        ReadOnlySpan<byte> initiation,
        Span<byte> response,
        out NoiseSession? session)
    {
        session = null;
        if (response.Length != NoiseProtocol.ResponseLength)
        {
            throw new ArgumentException($"A response has {NoiseProtocol.ResponseLength} bytes.", nameof(response));
        }

        if (!TryReadLayout(initiation, out var version, out var clientEphemeral))
        {
            return HandshakeResult.Malformed;
        }

        var state = NoiseSymmetricState.Create(version, serverKey.PublicKey);
        try
        {
            var result = ReadInitiation(ref state, serverKey, clientEphemeral, initiation, out var machineKey);
            if (result != HandshakeResult.Ok)
            {
                return result;
            }

            // Made only now: a forged initiation shall not cost the server a key.
            using var generated = ephemeralKey is null ? X25519PrivateKey.Generate() : null;
            if (!TryWriteResponse(ref state, ephemeralKey ?? generated!, clientEphemeral, machineKey, response))
            {
                return HandshakeResult.BadKeyExchange;
            }

            state.Split(out var clientToServer, out var serverToClient);
            session = new NoiseSession(machineKey, version, state.Hash, sending: serverToClient, receiving: clientToServer);
            return HandshakeResult.Ok;
        }
        finally
        {
            state.Clear();
        }
    }

    private static bool TryReadLayout(ReadOnlySpan<byte> initiation, out int version, out KeyBytes clientEphemeral)
    {
        const int HeaderEnd = NoiseProtocol.VersionLength + NoiseProtocol.HeaderLength;
        version = 0;
        clientEphemeral = default;
        if (initiation.Length != NoiseProtocol.InitiationLength
            || initiation[NoiseProtocol.VersionLength] != NoiseProtocol.InitiationType
            || BinaryPrimitives.ReadUInt16BigEndian(initiation[(NoiseProtocol.VersionLength + 1)..]) != initiation.Length - HeaderEnd)
        {
            return false;
        }

        version = BinaryPrimitives.ReadUInt16BigEndian(initiation);
        clientEphemeral = new KeyBytes(initiation.Slice(HeaderEnd, KeyBytes.Length));
        return true;
    }

    // Noise tokens: -> e, es, s, ss
    private static HandshakeResult ReadInitiation(
        ref NoiseSymmetricState state,
        X25519PrivateKey serverKey,
        KeyBytes clientEphemeral,
        ReadOnlySpan<byte> initiation,
        out KeyBytes machineKey)
    {
        machineKey = default;
        var tag = initiation[^NoiseProtocol.TagLength..];
        var sealedMachineKey = initiation[^(KeyBytes.Length + (2 * NoiseProtocol.TagLength))..^NoiseProtocol.TagLength];
        Span<byte> opened = stackalloc byte[KeyBytes.Length];

        state.MixHash(clientEphemeral.Span);
        if (!state.TryMixAgreement(serverKey, clientEphemeral))
        {
            return HandshakeResult.BadKeyExchange;
        }

        if (!state.TryDecryptAndHash(sealedMachineKey, opened))
        {
            return HandshakeResult.BadAuthentication;
        }

        machineKey = new KeyBytes(opened);
        if (!state.TryMixAgreement(serverKey, machineKey))
        {
            return HandshakeResult.BadKeyExchange;
        }

        return state.TryDecryptAndHash(tag, []) ? HandshakeResult.Ok : HandshakeResult.BadAuthentication;
    }

    // Noise tokens: <- e, ee, se
    private static bool TryWriteResponse(
        ref NoiseSymmetricState state,
        X25519PrivateKey ephemeralKey,
        KeyBytes clientEphemeral,
        KeyBytes machineKey,
        Span<byte> response)
    {
        response[0] = NoiseProtocol.ResponseType;
        BinaryPrimitives.WriteUInt16BigEndian(response[1..], NoiseProtocol.ResponseLength - NoiseProtocol.HeaderLength);
        var ephemeralPublic = ephemeralKey.PublicKey;
        ephemeralPublic.Span.CopyTo(response[NoiseProtocol.HeaderLength..]);

        state.MixHash(ephemeralPublic.Span);
        // The cipher key of the first agreement (ee) stays unused; it lives on in the chaining key.
        if (!state.TryMixAgreement(ephemeralKey, clientEphemeral) || !state.TryMixAgreement(ephemeralKey, machineKey))
        {
            return false;
        }

        state.EncryptAndHash([], response[^NoiseProtocol.TagLength..]);
        return true;
    }
}
