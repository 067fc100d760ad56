using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.Text;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Approval;

/// <summary>Users, groups, roles and tags, in the words of policies, whose devices nobody has to approve.</summary>
public sealed class ApprovedDevices
{
    public static readonly ApprovedDevices None = new([]);

    private readonly ImmutableArray<Alias> _who;

    private ApprovedDevices(ImmutableArray<Alias> who) => _who = who;

    /// <param name="words">Each one as <see cref="Check"/> takes it; others are nobody.</param>
    public static ApprovedDevices Of(IEnumerable<string> words) =>
        new([.. words.Select(word => TryRead(word, out var alias, out _) ? alias : null).OfType<Alias>()]);

    /// <summary>
    /// Why a word names nobody; null when it does. Groups and tags need not be known: what they mean is what the policy says of them when
    /// a device joins.
    /// </summary>
    public static string? Check(string word) => TryRead(word, out _, out var problem) ? null : problem;

    /// <summary>Whether a device is among them, by whose it is or by its tags.</summary>
    /// <param name="policy">What defines groups.</param>
    /// <param name="owner">Null for a tagged device.</param>
    /// <param name="tags">Empty for one that has an owner.</param>
    public bool Include(PolicyFile policy, PolicyUser? owner, ImmutableArray<string> tags)
    {
        if (_who.IsEmpty)
        {
            return false;
        }

        var selectors = new SelectorTable(policy);
        var meant = Bits.Of(_who.Select(selectors.Number));
        return meant.Intersects(selectors.MatchingNode(new PolicyNode { Index = 0, Id = 0, Owner = owner?.Id, Tags = tags }, owner));
    }

    private static bool TryRead(string word, [NotNullWhen(true)] out Alias? alias, [NotNullWhen(false)] out string? problem)
    {
        // Whatever group or tag it names is one.
        var names = PolicyFile.None with
        {
            Groups = PolicyFile.None.Groups.SetItem(word.Trim(), []),
            TagOwners = PolicyFile.None.TagOwners.SetItem(word.Trim(), []),
        };
        if (!AliasReader.TryRead(word, names, out alias, out problem))
        {
            return false;
        }

        var isSomebody = alias switch
        {
            UserAlias or DomainUsersAlias or GroupAlias or TagAlias => true,
            AutogroupAlias { Group: var group } => group is Autogroup.Member or Autogroup.Tagged || Autogroups.IsRole(group),
            _ => false,
        };
        problem = isSomebody ? null : $"{QuotedText.Of(word.Trim())} is neither a user nor a group, a tag or a role such as autogroup:admin";
        return isSomebody;
    }
}
