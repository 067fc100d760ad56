using MeshControl.Core.Addresses;
using MeshControl.Core.Model;
using MeshControl.Core.Naming;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Registration;

/// <summary>Makes nodes, and gives new node keys to those that there are, in whatever way their machine was let in.</summary>
internal static class NodeRegistration
{
    /// <summary>A new node of a machine.</summary>
    public static Result<NodeEntry> Create(TailnetDraft draft, MachinePublicKey machine, RegisterRequest request, NodeGrant grant)
    {
        if (!AddressAllocator.Allocate(draft.Snapshot).TryGetValue(out var addresses, out var error))
        {
            return error;
        }

        var hostinfo = NodeUpdates.Durable(request.Hostinfo ?? new Hostinfo());
        var known = NodeUpdates.OfMachine(draft.Snapshot.Nodes, machine);
        var entry = draft.Add(With(draft, grant, new Node
        {
            NeedsApproval = true,
            Id = draft.NewNodeId(),
            MachineKey = machine,
            NodeKey = request.NodeKey,
            NetworkLockKey = request.NlKey,
            IPv4 = addresses.V4,
            IPv6 = addresses.V6,
            GivenName = GivenNames.Unique(draft.Snapshot.Nodes, hostinfo.Hostname ?? ""),
            Hostinfo = hostinfo,
            CapabilityVersion = request.Version,
            CreatedAt = draft.Now,
        }));
        return draft.Update(entry, presence: PresenceOf(draft, known, entry.Node, request));
    }

    /// <summary>The machine's node goes on with another node key.</summary>
    /// <param name="draft">The state.</param>
    /// <param name="entry">The node.</param>
    /// <param name="request">What the client asks for and says of itself.</param>
    /// <param name="grant">Null when it is no new login: then owner, tags and expiry stay.</param>
    public static NodeEntry Rotate(TailnetDraft draft, NodeEntry entry, RegisterRequest request, NodeGrant? grant)
    {
        var node = entry.Node with
        {
            NodeKey = request.NodeKey,
            NetworkLockKey = request.NlKey,
            CapabilityVersion = request.Version,
        };
        node = grant is null ? node : With(draft, grant, node);
        node = request.Hostinfo is { } hostinfo ? NodeUpdates.WithHostinfo(node, hostinfo, draft.Snapshot.Nodes) : node;
        return draft.Update(entry, node, PresenceOf(draft, entry.Presence, node, request));
    }

    /// <summary>When a user's login ends. The client may wish for an earlier end than the settings give.</summary>
    public static DateTimeOffset? ExpiryOf(TailnetDraft draft, RegisterRequest request)
    {
        DateTimeOffset? end = draft.Snapshot.Settings.NodeExpiry is { } life ? draft.Now + life : null;
        DateTimeOffset? wish = request.Expiry is { } expiry ? Clock.Truncate(expiry) : null;
        return end is null || wish < end ? wish : end;
    }

    /// <summary>A device that was approved once stays so, whoever logs in on it again.</summary>
    private static Node With(TailnetDraft draft, NodeGrant grant, Node node)
    {
        node = node with
        {
            Owner = grant.Owner,
            Tags = grant.Tags,
            Expiry = grant.Expiry,
            Ephemeral = grant.Ephemeral,
            Method = grant.Method,
            AuthKey = grant.AuthKey,
        };
        return node with { NeedsApproval = node.NeedsApproval && !grant.Preapproved && ApprovalRule.Asks(draft.Snapshot, node) };
    }

    private static NodePresence PresenceOf(TailnetDraft draft, NodePresence presence, Node node, RegisterRequest request) =>
        EphemeralRule.Registered(node, NodeUpdates.WithNetInfo(presence, request.Hostinfo?.NetInfo), draft.Now);
}
