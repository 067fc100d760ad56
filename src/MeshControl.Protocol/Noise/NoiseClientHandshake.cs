using System.Buffers.Binary;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Noise;

/// <summary>
/// The initiating side of the handshake, as a client runs it. Message layouts: <see cref="NoiseServerHandshake"/>.
/// Single use, one thread. The machine key is borrowed and must live until <see cref="TryFinish"/>.
/// </summary>
public sealed class NoiseClientHandshake : IDisposable
{
    private readonly X25519PrivateKey _machineKey;
    private readonly X25519PrivateKey _ephemeralKey;
    private readonly KeyBytes _serverKey;
    private readonly int _version;
    private readonly byte[] _initiation = new byte[NoiseProtocol.InitiationLength];
    private NoiseSymmetricState _state;
    private bool _finished;

    private NoiseClientHandshake(X25519PrivateKey machineKey, X25519PrivateKey ephemeralKey, KeyBytes serverKey, int version)
    {
        _machineKey = machineKey;
        _ephemeralKey = ephemeralKey;
        _serverKey = serverKey;
        _version = version;
        _state = NoiseSymmetricState.Create(version, serverKey);
    }

    /// <summary>The client's message, <see cref="NoiseProtocol.InitiationLength"/> bytes.</summary>
    public ReadOnlyMemory<byte> Initiation => _initiation;

    /// <summary>The client's message as the value of <see cref="NoiseProtocol.HandshakeHeader"/>.</summary>
    public string InitiationHeader => Convert.ToBase64String(_initiation);

    /// <summary>The server's text after <see cref="HandshakeResult.Refused"/>. Nobody vouches for it.</summary>
    public string? ErrorText { get; private set; }

    internal KeyBytes HandshakeHash => _state.Hash;

    /// <summary>Makes the first message.</summary>
    /// <param name="machineKey">The client's static key.</param>
    /// <param name="serverKey">The server's static public key, learned from <c>GET /key</c>.</param>
    /// <param name="version">Protocol version to state, 0 to 65535.</param>
    /// <exception cref="ArgumentException">The server key is of low order, so nothing can be agreed with it.</exception>
    public static NoiseClientHandshake Start(X25519PrivateKey machineKey, KeyBytes serverKey, int version) =>
        Start(machineKey, X25519PrivateKey.Generate(), serverKey, version);

    /// <summary>The same with a chosen ephemeral key, which the handshake takes over, for known answers.</summary>
    internal static NoiseClientHandshake Start(
        X25519PrivateKey machineKey, X25519PrivateKey ephemeralKey, KeyBytes serverKey, int version)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, ushort.MaxValue);
        var handshake = new NoiseClientHandshake(machineKey, ephemeralKey, serverKey, version);
        if (!handshake.TryWriteInitiation())
        {
            handshake.Dispose();
            throw new ArgumentException("The server key is a point of low order.", nameof(serverKey));
        }

        return handshake;
    }

    /// <summary>
    /// How long the server's answer is, from its first bytes: a response, or an error frame of limited length.
    /// </summary>
    /// <returns>False when the bytes, of which there are at least <see cref="NoiseProtocol.HeaderLength"/>, begin neither.</returns>
    public static bool TryGetAnswerLength(ReadOnlySpan<byte> header, out int length)
    {
        length = NoiseProtocol.HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(header[1..]);
        return header[0] switch
        {
            NoiseProtocol.ResponseType => length == NoiseProtocol.ResponseLength,
            NoiseProtocol.ErrorType => length <= NoiseErrorFrame.MaxLength,
            _ => false,
        };
    }

    /// <summary>Reads the server's whole answer, response or error frame. May be called once.</summary>
    /// <param name="response">Exactly the answer's bytes.</param>
    /// <param name="session">The channel, owned by the caller, if the result is Ok.</param>
    public HandshakeResult TryFinish(ReadOnlySpan<byte> response, out NoiseSession? session)
    {
        session = null;
        if (_finished)
        {
            throw new InvalidOperationException("A handshake is finished only once.");
        }

        _finished = true;
        if (NoiseErrorFrame.TryParse(response, out var text))
        {
            ErrorText = text;
            return HandshakeResult.Refused;
        }

        if (response.Length != NoiseProtocol.ResponseLength
            || response[0] != NoiseProtocol.ResponseType
            || BinaryPrimitives.ReadUInt16BigEndian(response[1..]) != response.Length - NoiseProtocol.HeaderLength)
        {
            return HandshakeResult.Malformed;
        }

        // Noise tokens: <- e, ee, se
        var serverEphemeral = new KeyBytes(response.Slice(NoiseProtocol.HeaderLength, KeyBytes.Length));
        _state.MixHash(serverEphemeral.Span);
        if (!_state.TryMixAgreement(_ephemeralKey, serverEphemeral) || !_state.TryMixAgreement(_machineKey, serverEphemeral))
        {
            return HandshakeResult.BadKeyExchange;
        }

        if (!_state.TryDecryptAndHash(response[^NoiseProtocol.TagLength..], []))
        {
            return HandshakeResult.BadAuthentication;
        }

        _state.Split(out var clientToServer, out var serverToClient);
        session = new NoiseSession(_serverKey, _version, _state.Hash, sending: clientToServer, receiving: serverToClient);
        return HandshakeResult.Ok;
    }

    public void Dispose()
    {
        _finished = true;
        _state.Clear();
        _ephemeralKey.Dispose();
    }

    // Noise tokens: -> e, es, s, ss
    private bool TryWriteInitiation()
    {
        var message = _initiation.AsSpan();
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)_version);
        message[NoiseProtocol.VersionLength] = NoiseProtocol.InitiationType;
        var body = message[(NoiseProtocol.VersionLength + NoiseProtocol.HeaderLength)..];
        BinaryPrimitives.WriteUInt16BigEndian(message[(NoiseProtocol.VersionLength + 1)..], (ushort)body.Length);

        var ephemeralPublic = _ephemeralKey.PublicKey;
        ephemeralPublic.Span.CopyTo(body);
        _state.MixHash(ephemeralPublic.Span);
        if (!_state.TryMixAgreement(_ephemeralKey, _serverKey))
        {
            return false;
        }

        var machinePublic = _machineKey.PublicKey;
        _state.EncryptAndHash(machinePublic.Span, body.Slice(KeyBytes.Length, KeyBytes.Length + NoiseProtocol.TagLength));
        if (!_state.TryMixAgreement(_machineKey, _serverKey))
        {
            return false;
        }

        _state.EncryptAndHash([], body[^NoiseProtocol.TagLength..]);
        return true;
    }
}
