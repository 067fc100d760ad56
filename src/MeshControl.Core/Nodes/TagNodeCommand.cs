using System.Collections.Immutable;
using MeshControl.Core.Keys;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>
/// Says which tags a node has. A user's node loses its owner and belongs to its tags from then on; one that loses its last tag gets
/// an owner. Its expiry stays, as everywhere where tags are given: what is no login changes no login's end.
/// </summary>
/// <param name="id">The node.</param>
/// <param name="tags">All tags that it has from now on, see <see cref="TagNames"/>. Null: those that it has.</param>
public sealed class TagNodeCommand(NodeId id, IReadOnlyList<string>? tags) : ChangeNodeCommand(id)
{
    /// <summary>Tags that it gets besides.</summary>
    public IReadOnlyList<string> Add { get; init; } = [];

    /// <summary>Tags that it loses; those that it does not have count for nothing.</summary>
    public IReadOnlyList<string> Remove { get; init; } = [];

    /// <summary>Whose the node is when no tag is left; null where one is.</summary>
    public UserId? Owner { get; init; }

    internal override Result<Node?> Change(TailnetDraft draft, Node node)
    {
        if (!TagNames.Normalise((tags ?? node.Tags).Concat(Add)).TryGetValue(out var given, out var error)
            || !TagNames.Normalise(Remove).TryGetValue(out var removed, out error))
        {
            return error;
        }

        var wanted = given.RemoveRange(removed);
        return wanted.IsEmpty ? WithoutTags(draft, node) : WithTags(draft, node, wanted);
    }

    private Result<Node?> WithTags(TailnetDraft draft, Node node, ImmutableArray<string> wanted)
    {
        if (Owner is not null)
        {
            return CoreError.Invalid("A node that has tags belongs to no user: leave out either the tags or the user (--user).");
        }

        if (node.Tags.AsSpan().SequenceEqual(wanted.AsSpan()))
        {
            return node;
        }

        // Without a policy there is nothing that a tag could be misspelt against.
        var known = draft.Snapshot.Access.Policy.TagOwners;
        return draft.Snapshot.Policy is not null && wanted.FirstOrDefault(tag => !known.ContainsKey(tag) && !node.Tags.Contains(tag)) is { } unknown
            ? CoreError.Invalid($"The policy knows no {unknown}: it stands in none of its tagOwners.")
            : node with { Tags = wanted, Owner = null };
    }

    private Result<Node?> WithoutTags(TailnetDraft draft, Node node)
    {
        if (!node.IsTagged)
        {
            return Owner is null || Owner == node.Owner
                ? node
                : CoreError.Refused($"The node has no tags, but an owner; `meshctl nodes move -i {node.Id} --user NAME` gives it to another one.");
        }

        if (Owner is not { } owner)
        {
            return CoreError.Invalid("You cannot remove all tags from a node without saying whose it is then (--user NAME).");
        }

        return draft.Snapshot.Users.ContainsKey(owner) ? node with { Tags = [], Owner = owner } : NodeErrors.UnknownOwner(owner);
    }
}
