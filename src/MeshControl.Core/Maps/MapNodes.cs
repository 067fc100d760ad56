using System.Globalization;
using MeshControl.Core.Maps.Rendering;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.Access;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps;

/// <summary>How a node is written into a map: for itself and for its peers.</summary>
internal static class MapNodes
{
    /// <summary>The node as its own client needs it.</summary>
    public static MapNode Self(TailnetSnapshot snapshot, NodeEntry entry, DateTimeOffset now) =>
        Common(entry, SelfView(snapshot, entry, now)) with
        {
            // A node that reads its map is connected, whatever the grace period of its last stream says.
            Online = true,
            LastSeen = null,
            Hostinfo = entry.Node.Hostinfo with { NetInfo = entry.Presence.NetInfo },
            CapMap = Capabilities(snapshot, entry),
        };

    /// <summary>The node as others see it: by these two alone, so that it can be written once for all who see it alike.</summary>
    public static MapNode Peer(NodeEntry entry, in PeerView view) =>
        Common(entry, view) with
        {
            CapMap = view.Attributes.Count > 0 ? view.Attributes : null,
            Endpoints = WireList.CopyOf(entry.Presence.Endpoints),
            Hostinfo = PeerHostinfo.Of(entry.Node.Hostinfo),
        };

    /// <summary>Whether a node looks the same to a viewer under two policies, or to a viewer that is not what it was.</summary>
    public static bool LooksTheSame(AccessMap before, AccessMap after, int viewer, int peer) =>
        before.LosesIPv4(peer) == after.LosesIPv4(peer)
        && before.PeerAttributesOf(peer).Equals(after.PeerAttributesOf(peer))
        && before.RoutesOf(viewer, peer, PrimaryRoutes.ByRegistration) == after.RoutesOf(viewer, peer, PrimaryRoutes.ByRegistration)
        && before.LosesIPv4(viewer) == after.LosesIPv4(viewer);

    /// <summary>Whether a node is told the same of itself under two policies.</summary>
    public static bool LooksTheSame(AccessMap before, AccessMap after, int self) =>
        before.LosesIPv4(self) == after.LosesIPv4(self)
        && before.AttributesOf(self).Equals(after.AttributesOf(self))
        && before.OwnRoutesOf(self, PrimaryRoutes.ByRegistration) == after.OwnRoutesOf(self, PrimaryRoutes.ByRegistration);

    /// <summary>The fields of a peer that changed, and no others.</summary>
    public static PeerChange Patch(NodeEntry entry, NodeAspects aspects)
    {
        var (node, presence) = (entry.Node, entry.Presence);
        var online = (aspects & NodeAspects.Online) != 0;

        // Some releases drop a new disco key that comes with an offline state, so then the state goes another way.
        var disco = (aspects & NodeAspects.DiscoKey) != 0;
        var withState = online && (presence.Online || !disco);
        return new PeerChange
        {
            NodeId = node.Id.Value,
            Endpoints = (aspects & NodeAspects.Endpoints) != 0 ? WireList.CopyOf(presence.Endpoints) : null,
            DerpRegion = (aspects & NodeAspects.HomeDerp) != 0 ? presence.HomeDerp : 0,
            DiscoKey = disco ? node.DiscoKey : default,
            Online = withState ? presence.Online : null,
            LastSeen = withState && !presence.Online ? presence.LastSeen : null,
        };
    }

    /// <summary>Whether <see cref="Patch"/> leaves out that the node went offline, which then needs saying apart.</summary>
    public static bool OfflineApart(NodeEntry entry, NodeAspects aspects) =>
        !entry.Presence.Online && (aspects & (NodeAspects.Online | NodeAspects.DiscoKey)) == (NodeAspects.Online | NodeAspects.DiscoKey);

    /// <summary>The name with its trailing dot, which clients rely on.</summary>
    public static string Fqdn(TailnetSettings settings, Node node) => Fqdn(settings.BaseDomain, node);

    private static string Fqdn(string baseDomain, Node node) => $"{node.GivenName}.{baseDomain}.";

    private static PeerView SelfView(TailnetSnapshot snapshot, NodeEntry entry, DateTimeOffset now) => new(
        snapshot.Settings.BaseDomain,
        snapshot.Access.LosesIPv4(entry.Index),
        snapshot.Access.OwnRoutesOf(entry.Index, PrimaryRoutes.ByRegistration),
        WireMap.Empty<string, WireList<RawJson>?>(),
        entry.Node.IsExpired(now));

    private static MapNode Common(NodeEntry entry, in PeerView view)
    {
        var (node, presence, routes) = (entry.Node, entry.Presence, view.Routes);
        var addresses = Addresses(node, view.WithoutIPv4);
        return new MapNode
        {
            Id = node.Id.Value,
            StableId = node.Id.Value.ToString(CultureInfo.InvariantCulture),
            Name = Fqdn(view.BaseDomain, node),
            User = UserProfiles.OwnerId(node),
            Key = node.NodeKey,
            KeyExpiry = node.Expiry,
            Machine = node.MachineKey,
            DiscoKey = node.DiscoKey,
            Addresses = addresses,
            AllowedIps = routes.Allowed.Count == 0 ? addresses : WireList.CopyOf(addresses.Concat(routes.Allowed)),
            PrimaryRoutes = routes.Primary.Count == 0 ? null : routes.Primary,
            HomeDerp = presence.HomeDerp,
            Created = node.CreatedAt,
            Cap = node.CapabilityVersion,
            Tags = node.Tags.IsEmpty ? null : WireList.CopyOf(node.Tags),
            Online = presence.Online,
            LastSeen = presence.Online ? null : presence.LastSeen,
            MachineAuthorized = !node.NeedsApproval,
            Expired = view.Expired,
        };
    }

    private static WireList<IpPrefix> Addresses(Node node, bool withoutIPv4)
    {
        var addresses = new List<IpPrefix>(2);
        if (node.IPv4 is { } v4 && !withoutIPv4)
        {
            addresses.Add(new IpPrefix(v4, 32));
        }

        if (node.IPv6 is { } v6)
        {
            addresses.Add(new IpPrefix(v6, 128));
        }

        return WireList.CopyOf(addresses);
    }

    /// <summary>What the server lets every node do, and what the policy and its owner's role let this one do.</summary>
    private static WireMap<string, WireList<RawJson>?> Capabilities(TailnetSnapshot snapshot, NodeEntry entry)
    {
        var settings = snapshot.Settings;
        var capabilities = new SortedDictionary<string, WireList<RawJson>?>(StringComparer.Ordinal)
        {
            [NodeCapabilities.Ssh] = [],
            [NodeCapabilities.SshBehaviorV1] = [],
            [NodeCapabilities.SshEnvironmentVariables] = [],
            [NodeCapabilities.DefaultAutoUpdate] = [RawJson.FromBoolean(settings.AutoUpdate)],
        };
        if (settings.Taildrop)
        {
            capabilities[NodeCapabilities.FileSharing] = [];
        }

        foreach (var (name, values) in snapshot.Access.AttributesOf(entry.Index))
        {
            capabilities[name] = values;
        }

        return WireMap.CopyOf(capabilities);
    }
}
