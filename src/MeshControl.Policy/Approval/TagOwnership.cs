using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Approval;

/// <summary>Who may give nodes which tags: <c>tagOwners</c>. Thread safe.</summary>
public sealed class TagOwnership
{
    private readonly PolicyFile _policy;
    private readonly SelectorTable _selectors;
    private readonly Dictionary<string, Bits> _owners;

    public TagOwnership(PolicyFile policy)
    {
        _policy = policy;
        _selectors = new SelectorTable(policy);
        _owners = policy.TagOwners.ToDictionary(
            tag => tag.Key,
            tag => Bits.Of(tag.Value.Where(owner => owner is not TagAlias).Select(_selectors.Number)),
            StringComparer.Ordinal);
    }

    /// <summary>
    /// Whether a user may give the tag: an owner of it, or of a tag that owns it. Administrators may give every tag that the policy
    /// knows; a tag that it does not know nobody may give.
    /// </summary>
    public bool Allows(PolicyUser user, string tag) =>
        _owners.ContainsKey(tag)
        && (user.Role is UserRole.Owner or UserRole.Admin or UserRole.NetworkAdmin || MatchesAny(OwningTags(tag), user));

    /// <summary>Whether a node may give itself the tag for those that it has: it has it already, or one that owns it.</summary>
    public bool Allows(IEnumerable<string> tags, string tag)
    {
        var owning = OwningTags(tag);
        return tags.Any(owning.Contains);
    }

    private bool MatchesAny(HashSet<string> tags, PolicyUser user)
    {
        // A user is who owns an untagged node; what the node is does not matter.
        var matching = _selectors.MatchingNode(new PolicyNode { Index = 0, Id = 0, Owner = user.Id }, user);
        return tags.Any(tag => _owners[tag].Intersects(matching));
    }

    /// <summary>The tag, the tags among its owners, theirs, and so on; circles are walked once. Nothing for an unknown tag.</summary>
    private HashSet<string> OwningTags(string tag)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([tag]);
        while (open.TryPop(out var next))
        {
            if (_policy.TagOwners.TryGetValue(next, out var owners) && found.Add(next))
            {
                foreach (var owner in owners.OfType<TagAlias>())
                {
                    open.Push(owner.Name);
                }
            }
        }

        return found;
    }
}
