using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Nodes;

/// <summary>
/// What a map request says of its node. A streaming request only adds: some clients send empty fields in it, and the lite
/// requests beside it carry the same for certain.
/// </summary>
/// <param name="id">The node, already checked against the connection's machine key.</param>
/// <param name="request">The client's request.</param>
public sealed class UpdateNodeCommand(NodeId id, MapRequest request) : TailnetCommand<bool>
{
    /// <summary>More endpoints than a client has; the rest is cut off, so that one node cannot make everybody's map large.</summary>
    public const int MaxEndpoints = 64;

    // Bounded before it waits for the writer, so that a queue of requests holds little.
    private readonly MapRequest _request = Bounded(request);

    /// <summary>Whether the request says anything new: most streaming requests do not, and need not wait for the writer.</summary>
    public static bool WouldChange(NodeEntry entry, MapRequest request)
    {
        var (node, presence) = Merge(entry, Bounded(request), NodeTable.Empty);
        return !ReferenceEquals(node, entry.Node) || !ReferenceEquals(presence, entry.Presence);
    }

    /// <returns>Whether the node still exists.</returns>
    protected override Result<bool> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.Nodes.TryGet(id, out var entry))
        {
            return false;
        }

        var (node, presence) = Merge(entry, _request, draft.Snapshot.Nodes);
        draft.Update(entry, node, presence);
        return true;
    }

    private static MapRequest Bounded(MapRequest request) => request with
    {
        Hostinfo = request.Hostinfo is { } hostinfo ? HostinfoLimits.Apply(hostinfo) : null,
        Endpoints = request.Endpoints is { Count: > MaxEndpoints } endpoints ? WireList.CopyOf(endpoints.Take(MaxEndpoints)) : request.Endpoints,
    };

    private static (Node Node, NodePresence Presence) Merge(NodeEntry entry, MapRequest request, NodeTable nodes)
    {
        var (node, presence) = (entry.Node, entry.Presence);
        if (!request.DiscoKey.IsZero && request.DiscoKey != node.DiscoKey)
        {
            node = node with { DiscoKey = request.DiscoKey };
        }

        if (request.Version != 0 && request.Version != node.CapabilityVersion)
        {
            node = node with { CapabilityVersion = request.Version };
        }

        if (request.Hostinfo is { } hostinfo && !request.Stream)
        {
            node = NodeUpdates.WithHostinfo(node, hostinfo, nodes);
        }

        presence = NodeUpdates.WithNetInfo(presence, request.Hostinfo?.NetInfo);
        if (!request.Stream || request.Endpoints is { Count: > 0 })
        {
            presence = NodeUpdates.WithEndpoints(presence, [.. request.Endpoints ?? []]);
        }

        return (node, presence);
    }
}
