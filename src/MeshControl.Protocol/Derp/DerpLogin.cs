using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Derp;

/// <summary>
/// The login of a client at a relay: each side sends what it says of itself as JSON in a NaCl box, a random nonce of 24 bytes before it.
/// Opening the box proves that the other side holds its private key. There is no frame for refusing a login: who is refused is
/// disconnected.
/// </summary>
public static class DerpLogin
{
    private const int Prefix = NaclBox.NonceLength + NaclBox.Overhead;

    /// <summary>The frame with which a client logs in: its public key, nonce, box.</summary>
    /// <param name="client">The client's node key; that of a relay which logs in as mesh peer.</param>
    /// <param name="nonce">24 bytes that were never used between these two keys.</param>
    /// <exception cref="CryptographicException">The server's key is none.</exception>
    public static byte[] WriteClientInfo(X25519PrivateKey client, DerpPublicKey server, ReadOnlySpan<byte> nonce, DerpClientInfo info)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(info, DerpJsonContext.Default.DerpClientInfo);
        var frame = new byte[DerpProtocol.HeaderLength + KeyBytes.Length + Prefix + plain.Length];
        DerpFrame.WriteHeader(frame, DerpFrameType.ClientInfo, frame.Length - DerpProtocol.HeaderLength);
        client.PublicKey.Span.CopyTo(frame.AsSpan(DerpProtocol.HeaderLength));
        Seal(client, server.Bytes, nonce, plain, frame.AsSpan(DerpProtocol.HeaderLength + KeyBytes.Length));
        return frame;
    }

    /// <summary>The frame with which a relay lets a client in: nonce, box.</summary>
    /// <exception cref="CryptographicException">The client's key is none; one that logged in has shown a better one.</exception>
    public static byte[] WriteServerInfo(X25519PrivateKey server, NodePublicKey client, ReadOnlySpan<byte> nonce, DerpServerInfo info)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(info, DerpJsonContext.Default.DerpServerInfo);
        var frame = new byte[DerpProtocol.HeaderLength + Prefix + plain.Length];
        DerpFrame.WriteHeader(frame, DerpFrameType.ServerInfo, frame.Length - DerpProtocol.HeaderLength);
        Seal(server, client.Bytes, nonce, plain, frame.AsSpan(DerpProtocol.HeaderLength));
        return frame;
    }

    /// <param name="payload">Of a <see cref="DerpFrameType.ClientInfo"/> frame; trusted in nothing.</param>
    /// <returns>False unless the box was written by the holder of the key before it and holds a client's JSON.</returns>
    public static bool TryReadClientInfo(
        X25519PrivateKey server, ReadOnlySpan<byte> payload, out NodePublicKey client, [NotNullWhen(true)] out DerpClientInfo? info)
    {
        client = default;
        info = null;
        if (payload.Length is < KeyBytes.Length + Prefix or > DerpProtocol.MaxClientInfoLength)
        {
            return false;
        }

        client = new NodePublicKey(new KeyBytes(payload[..KeyBytes.Length]));
        return !client.IsZero
            && TryOpen(server, client.Bytes, payload[KeyBytes.Length..], DerpJsonContext.Default.DerpClientInfo, out info);
    }

    /// <param name="payload">Of a <see cref="DerpFrameType.ServerInfo"/> frame.</param>
    /// <returns>False unless the box was written by the holder of the server's key and holds a server's JSON.</returns>
    public static bool TryReadServerInfo(
        X25519PrivateKey client, DerpPublicKey server, ReadOnlySpan<byte> payload, [NotNullWhen(true)] out DerpServerInfo? info)
    {
        info = null;
        return payload.Length is >= Prefix and <= DerpProtocol.MaxFrameLength
            && TryOpen(client, server.Bytes, payload, DerpJsonContext.Default.DerpServerInfo, out info);
    }

    private static void Seal(X25519PrivateKey sender, KeyBytes recipient, ReadOnlySpan<byte> nonce, byte[] plain, Span<byte> destination)
    {
        nonce.CopyTo(destination);
        NaclBox.Seal(sender, recipient, nonce, plain, destination[NaclBox.NonceLength..]);
        // A mesh key may be in it.
        CryptographicOperations.ZeroMemory(plain);
    }

    private static bool TryOpen<T>(
        X25519PrivateKey recipient, KeyBytes sender, ReadOnlySpan<byte> sealedInfo, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? info)
        where T : class
    {
        info = null;
        var plain = new byte[sealedInfo.Length - Prefix];
        try
        {
            if (!NaclBox.TryOpen(recipient, sender, sealedInfo[..NaclBox.NonceLength], sealedInfo[NaclBox.NonceLength..], plain))
            {
                return false;
            }

            info = JsonSerializer.Deserialize(plain, type);
            return info is not null;
        }
        catch (JsonException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
