using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>
/// Where one client's packets go. Clients mostly send many packets to few peers: the last one is found by comparing 32 bytes, and for those
/// that are known nothing is looked up or noted anywhere that is shared. Owned by the client's reader.
/// </summary>
internal sealed class RouteCache(PeerRegistry registry)
{
    /// <summary>Beyond this it is emptied: what is still needed is found again.</summary>
    public const int MaxRoutes = 256;

    private Dictionary<NodePublicKey, Route>? _routes;
    private Route? _last;

    /// <returns>A route whose slot may have nobody; null when the destination is unknown.</returns>
    public Route? Find(ReadOnlySpan<byte> key)
    {
        var route = _last;
        if (route is null || !route.Key.Bytes.Span.SequenceEqual(key))
        {
            var nodeKey = new NodePublicKey(new KeyBytes(key));
            if (_routes is null || !_routes.TryGetValue(nodeKey, out route))
            {
                route = new Route(nodeKey);
            }
        }

        if (route.Slot is not { Active: not null })
        {
            // Unknown so far, or its connections ended: it may have come back with a new slot.
            route.Slot = registry.Find(route.Key);
            if (route.Slot is null)
            {
                return null;
            }
        }

        if (_last != route)
        {
            Keep(route);
        }

        return route;
    }

    private void Keep(Route route)
    {
        _routes ??= [];
        if (_routes.Count >= MaxRoutes && !_routes.ContainsKey(route.Key))
        {
            _routes.Clear();
        }

        _routes[route.Key] = route;
        _last = route;
    }
}
