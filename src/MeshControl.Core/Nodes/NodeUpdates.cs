using System.Collections.Immutable;
using System.Net;
using MeshControl.Core.Model;
using MeshControl.Core.Naming;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

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

    /// <summary>Takes over endpoints. Clients try all that they are told, so the same ones in another order are no news to anybody.</summary>
    public static NodePresence WithEndpoints(NodePresence presence, ImmutableArray<IPEndPoint> endpoints) =>
        presence.Endpoints.AsSpan().SequenceEqual(endpoints.AsSpan()) || presence.Endpoints.ToHashSet().SetEquals(endpoints)
            ? presence
            : presence with { Endpoints = endpoints };

    /// <summary>
    /// What a new node of a machine begins with: what the machine last reported by another one. A client need not repeat it at once when
    /// somebody else logs in, since its network is as it was.
    /// </summary>
    public static NodePresence OfMachine(NodeTable nodes, MachinePublicKey machine)
    {
        var last = nodes.OfMachine(machine)
            .Select(entry => entry.Presence)
            .Where(presence => presence.HomeDerp != 0)
            .MaxBy(presence => (presence.Online, presence.LastSeen));
        return last is null ? NodePresence.None : new NodePresence { NetInfo = last.NetInfo, HomeDerp = last.HomeDerp };
    }
}
