using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Policies;

/// <summary>The users and nodes of a tailnet in the words of the policy compiler, to whom a node that waits for approval does not exist.</summary>
public static class PolicyWorld
{
    /// <summary>Applies a policy to a tailnet as it is in a snapshot.</summary>
    public static AccessMap Compile(PolicyFile policy, TailnetSnapshot snapshot) => AccessMap.Build(
        policy,
        PolicyBuilder.TailnetOf(snapshot.Settings),
        snapshot.Users.Values.Select(UserOf),
        snapshot.Nodes.Where(Exists).Select(entry => NodeOf(entry, policy)));

    /// <summary>What of the users and nodes changed that policies can tell.</summary>
    internal static WorldChange Between(
        PolicyFile policy,
        IEnumerable<(User? Before, User? After)> users,
        IEnumerable<(NodeEntry? Before, NodeEntry? After)> nodes)
    {
        var (changedUsers, removedUsers) = (new List<PolicyUser>(), new List<long>());
        foreach (var (before, after) in users)
        {
            if (after is null)
            {
                removedUsers.AddRange(before is null ? [] : [before.Id.Value]);
            }
            else if (before is null || UserOf(before) != UserOf(after))
            {
                changedUsers.Add(UserOf(after));
            }
        }

        var (changedNodes, removedNodes) = (new List<PolicyNode>(), new HashSet<int>());
        foreach (var (before, after) in nodes)
        {
            if (!Exists(after))
            {
                removedNodes.UnionWith(Exists(before) ? [before.Index] : []);
            }
            else if (!Exists(before) || !IsSame(before.Node, after.Node, policy))
            {
                changedNodes.Add(NodeOf(after, policy));
            }
        }

        return new WorldChange { Users = changedUsers, RemovedUsers = removedUsers, Nodes = changedNodes, RemovedNodes = removedNodes };
    }

    /// <summary>A user in the words of the policy.</summary>
    internal static PolicyUser UserOf(User user) => new(user.Id.Value, user.Name, user.Email, user.Role);

    private static bool Exists([NotNullWhen(true)] NodeEntry? entry) => entry is { Node.NeedsApproval: false };

    private static PolicyNode NodeOf(NodeEntry entry, PolicyFile policy) => new()
    {
        Index = entry.Index,
        Id = entry.Id.Value,
        Owner = entry.Node.Owner?.Value,
        Tags = entry.Node.Tags,
        IPv4 = entry.Node.IPv4,
        IPv6 = entry.Node.IPv6,
        Attributes = AttributesOf(entry.Node, policy),
    };

    /// <summary>Nothing where nobody asks: most tailnets have no postures.</summary>
    private static ImmutableDictionary<string, RawJson> AttributesOf(Node node, PolicyFile policy) =>
        AsksForAttributes(policy) ? DeviceAttributes.Of(node.Hostinfo) : ImmutableDictionary<string, RawJson>.Empty;

    private static bool AsksForAttributes(PolicyFile policy) => !policy.Postures.IsEmpty || policy.OneCgnatRoute.Length > 0;

    private static bool IsSame(Node before, Node after, PolicyFile policy) =>
        ReferenceEquals(before, after)
        || (before.Id == after.Id
            && before.Owner == after.Owner
            && before.Tags.AsSpan().SequenceEqual(after.Tags.AsSpan())
            && Equals(before.IPv4, after.IPv4)
            && Equals(before.IPv6, after.IPv6)
            && (!AsksForAttributes(policy) || before.Hostinfo.Equals(after.Hostinfo)));
}
