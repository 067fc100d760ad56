namespace MeshControl.Protocol.Noise;

/// <summary>
/// Names and sizes of the secure channel between client and server: Noise IK over X25519, ChaCha20-Poly1305 and BLAKE2s,
/// opened by an HTTP/1.1 upgrade whose request already carries the client's first message.
/// </summary>
public static class NoiseProtocol
{
    /// <summary>Value of the <c>Upgrade</c> header in both directions, and the WebSocket subprotocol.</summary>
    public const string UpgradeToken = "tailscale-control-protocol";

    /// <summary>Header (or, for WebSockets, query parameter) with the initiation as standard base64 with padding.</summary>
    public const string HandshakeHeader = "X-Tailscale-Handshake";

    /// <summary>The handshake's name in Noise, hashed into its first state.</summary>
    public const string HandshakeName = "Noise_IK_25519_ChaChaPoly_BLAKE2s";

    /// <summary>Text before the decimal protocol version in the prologue, which both sides hash in without sending it.</summary>
    public const string ProloguePrefix = "Tailscale Control Protocol v";

    public const byte InitiationType = 1;
    public const byte ResponseType = 2;
    public const byte ErrorType = 3;
    public const byte RecordType = 4;

    /// <summary>Message type (1 byte) and big-endian payload length (2 bytes), before everything but the initiation.</summary>
    public const int HeaderLength = 3;

    /// <summary>Protocol version (2 bytes, big-endian), which stands before the header of the initiation only.</summary>
    public const int VersionLength = 2;

    /// <summary>Authentication tag of ChaCha20-Poly1305.</summary>
    public const int TagLength = 16;

    /// <summary>The whole of the client's message: version, header, ephemeral key, sealed machine key, tag.</summary>
    public const int InitiationLength = VersionLength + HeaderLength + KeyLength + (KeyLength + TagLength) + TagLength;

    /// <summary>Characters of the initiation in <see cref="HandshakeHeader"/>.</summary>
    public const int InitiationBase64Length = (InitiationLength + 2) / 3 * 4;

    /// <summary>The whole of the server's answer: header, ephemeral key, tag.</summary>
    public const int ResponseLength = HeaderLength + KeyLength + TagLength;

    /// <summary>Largest record on the wire, header included; a peer that gets a longer one closes the connection.</summary>
    public const int MaxRecordLength = 4096;

    /// <summary>Largest value of a record's length field.</summary>
    public const int MaxCiphertextLength = MaxRecordLength - HeaderLength;

    /// <summary>Most bytes that fit into one record.</summary>
    public const int MaxPlaintextLength = MaxCiphertextLength - TagLength;

    /// <summary>What a record adds to its plaintext.</summary>
    public const int RecordOverhead = HeaderLength + TagLength;

    internal const int KeyLength = 32;
    internal const int NonceLength = 12;

    /// <summary>Decodes the value of <see cref="HandshakeHeader"/>.</summary>
    /// <param name="text">From the request.</param>
    /// <param name="initiation">Receives exactly <see cref="InitiationLength"/> bytes.</param>
    /// <returns>False when the text has another length or is not standard base64 with padding.</returns>
    public static bool TryDecodeInitiation(ReadOnlySpan<char> text, Span<byte> initiation) =>
        text.Length == InitiationBase64Length
        && Convert.TryFromBase64Chars(text, initiation[..InitiationLength], out var written)
        && written == InitiationLength;
}
