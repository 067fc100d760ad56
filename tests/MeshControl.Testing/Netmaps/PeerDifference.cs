using MeshControl.Protocol.Control;

namespace MeshControl.Testing.Netmaps;

/// <summary>
/// What a client makes of a peer that is sent again: it looks for the differences, and if all of them fit into a patch, it
/// goes on as if it had got the patch, with all that a patch cannot say.
/// </summary>
internal static class PeerDifference
{
    /// <param name="known">The peer as the client has it.</param>
    /// <param name="sent">The peer as the server sends it now.</param>
    /// <param name="patch">What remains of the differences; null if nothing does.</param>
    /// <returns>False when the peer has to be replaced as a whole.</returns>
    public static bool TryDescribe(MapNode known, MapNode sent, out PeerChange? patch)
    {
        patch = null;
        if (WithoutPatchable(known) != WithoutPatchable(sent))
        {
            return false;
        }

        var found = new PeerChange
        {
            NodeId = sent.Id,
            DerpRegion = sent.HomeDerp != known.HomeDerp ? sent.HomeDerp : 0,
            Cap = sent.Cap != known.Cap ? sent.Cap : 0,
            CapMap = ChangedCapMap(known, sent),
            // An absent list stays absent in the patch, where it says "unchanged".
            Endpoints = Equals(OrEmpty(sent.Endpoints), OrEmpty(known.Endpoints)) ? null : sent.Endpoints,
            Key = sent.Key != known.Key ? sent.Key : default,
            KeySignature = sent.KeySignature != known.KeySignature ? sent.KeySignature : default,
            DiscoKey = sent.DiscoKey != known.DiscoKey ? sent.DiscoKey : default,
            // Only from one known value to another: unknown stays unknown.
            Online = known.Online is { } online && sent.Online is { } nowOnline && online != nowOnline ? nowOnline : null,
            LastSeen = known.LastSeen is { } seen && sent.LastSeen is { } nowSeen && seen != nowSeen ? nowSeen : null,
            KeyExpiry = sent.KeyExpiry != known.KeyExpiry ? sent.KeyExpiry ?? WireTime.Zero : null,
        };
        patch = found == new PeerChange { NodeId = sent.Id } ? null : found;
        return true;
    }

    private static WireMap<string, WireList<RawJson>?>? ChangedCapMap(MapNode known, MapNode sent)
    {
        var empty = WireMap.Empty<string, WireList<RawJson>?>();
        return Equals(known.CapMap ?? empty, sent.CapMap ?? empty) ? null : sent.CapMap ?? empty;
    }

    private static WireList<T> OrEmpty<T>(WireList<T>? list) => list ?? [];

    // Lists that are absent and lists that are empty differ here but for clients only where that means something (AllowedIPs).
    private static MapNode WithoutPatchable(MapNode node) => node with
    {
        HomeDerp = 0,
        Cap = 0,
        CapMap = null,
        Endpoints = null,
        Key = default,
        KeySignature = default,
        DiscoKey = default,
        Online = null,
        LastSeen = null,
        KeyExpiry = null,
        Addresses = OrEmpty(node.Addresses),
        AllowedIps = node.AllowedIps ?? node.Addresses,
        Tags = OrEmpty(node.Tags),
        PrimaryRoutes = OrEmpty(node.PrimaryRoutes),
        ExitNodeDnsResolvers = OrEmpty(node.ExitNodeDnsResolvers),
    };
}
