namespace MeshControl.Protocol.Noise;

/// <summary>How a handshake step ended. Everything but <see cref="Ok"/> ends the connection.</summary>
public enum HandshakeResult
{
    Ok,

    /// <summary>Wrong length, message type or length field; nothing was decrypted.</summary>
    Malformed,

    /// <summary>The peer sent a public key of low order, with which every agreement gives zero.</summary>
    BadKeyExchange,

    /// <summary>
    /// A tag does not match: damaged, forged, made for another server key, or the clear-text version was changed on the way.
    /// </summary>
    BadAuthentication,

    /// <summary>The server answered with an error message instead of a response (client side only).</summary>
    Refused,
}
