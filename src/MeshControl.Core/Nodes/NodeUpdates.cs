using System.Collections.Immutable;
using MeshControl.Core.Model;
using MeshControl.Core.Naming;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Nodes;

/// <summary>How what a client says of itself becomes part of its node.</summary>
internal static class NodeUpdates
{
    /// <summary>
    /// Takes over a Hostinfo: the durable part without NetInfo, and the name that follows from it. Everything stays the same
    /// object when nothing changed.
    /// </summary>
    public static Node WithHostinfo(Node node, Hostinfo hostinfo, NodeTable nodes)
    {
        var durable = Durable(hostinfo);
        if (durable.Equals(node.Hostinfo))
        {
            return node;
        }

        var follows = !node.GivenNameFixed && GivenNames.Sanitise(durable.Hostname ?? "") != GivenNames.Sanitise(node.Hostname);
        return node with
        {
            Hostinfo = durable,
            GivenName = follows ? GivenNames.Unique(nodes, durable.Hostname ?? "", node.Id) : node.GivenName,
        };
    }

    /// <summary>
    /// What is kept of a Hostinfo: not NetInfo, which fluctuates, and not what only servers may say about a node, since peers
    /// believe it.
    /// </summary>
    public static Hostinfo Durable(Hostinfo hostinfo) => hostinfo with { NetInfo = null, Location = null, ShareeNode = false };

    /// <summary>
    /// Takes over NetInfo. A missing one and a missing home region keep what was known: clients leave both out after a
    /// re-login, and a node without home region cannot be reached.
    /// </summary>
    public static NodePresence WithNetInfo(NodePresence presence, NetInfo? netInfo) =>
        netInfo is null || netInfo.Equals(presence.NetInfo)
            ? presence
            : presence with
            {
                NetInfo = netInfo,
                HomeDerp = netInfo.PreferredDerp is > 0 and var region ? region : presence.HomeDerp,
            };

    public static NodePresence WithEndpoints(NodePresence presence, ImmutableArray<System.Net.IPEndPoint> endpoints) =>
        presence.Endpoints.AsSpan().SequenceEqual(endpoints.AsSpan()) ? presence : presence with { Endpoints = endpoints };
}
