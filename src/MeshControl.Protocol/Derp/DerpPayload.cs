using System.Buffers.Binary;
using System.Net;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Derp;

/// <summary>
/// Takes apart what a server sends, as a client must: short payloads are no frames, and what is behind the known bytes belongs to a later
/// version of the protocol.
/// </summary>
public static class DerpPayload
{
    /// <returns>False when the magic or the key is missing: whoever answered is no relay.</returns>
    public static bool TryReadServerKey(ReadOnlySpan<byte> payload, out DerpPublicKey key)
    {
        key = default;
        if (payload.Length < DerpProtocol.Magic.Length + KeyBytes.Length || !payload.StartsWith(DerpProtocol.Magic))
        {
            return false;
        }

        key = new DerpPublicKey(new KeyBytes(payload.Slice(DerpProtocol.Magic.Length, KeyBytes.Length)));
        return !key.IsZero;
    }

    public static bool TryReadPacket(ReadOnlySpan<byte> payload, out NodePublicKey source, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        if (!TryReadKey(payload, out source))
        {
            return false;
        }

        packet = payload[KeyBytes.Length..];
        return true;
    }

    public static bool TryReadPeerGone(ReadOnlySpan<byte> payload, out NodePublicKey key, out PeerGoneReason reason)
    {
        reason = payload.Length > KeyBytes.Length ? (PeerGoneReason)payload[KeyBytes.Length] : PeerGoneReason.Disconnected;
        return TryReadKey(payload, out key);
    }

    /// <summary>Of 32 bytes (key), 50 (and address), or 51 and more (and flags), by the server's age.</summary>
    public static bool TryReadPeerPresent(ReadOnlySpan<byte> payload, out DerpPeerPresent present)
    {
        present = default;
        if (!TryReadKey(payload, out var key))
        {
            return false;
        }

        var rest = payload[KeyBytes.Length..];
        IPEndPoint? address = null;
        if (rest.Length >= 18)
        {
            var ip = new IPAddress(rest[..16]);
            address = new IPEndPoint(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, BinaryPrimitives.ReadUInt16BigEndian(rest[16..]));
        }

        present = new DerpPeerPresent(key, address, rest.Length >= 19 ? (PeerPresentFlags)rest[18] : PeerPresentFlags.None);
        return true;
    }

    public static bool TryReadRestarting(ReadOnlySpan<byte> payload, out TimeSpan reconnectIn, out TimeSpan tryFor)
    {
        var known = payload.Length >= 8;
        reconnectIn = known ? TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(payload)) : default;
        tryFor = known ? TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(payload[4..])) : default;
        return known;
    }

    private static bool TryReadKey(ReadOnlySpan<byte> payload, out NodePublicKey key)
    {
        var known = payload.Length >= KeyBytes.Length;
        key = known ? new NodePublicKey(new KeyBytes(payload[..KeyBytes.Length])) : default;
        return known;
    }
}
