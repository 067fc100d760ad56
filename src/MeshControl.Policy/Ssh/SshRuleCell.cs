using System.Collections.Concurrent;
using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Ssh;

/// <summary>
/// A rule and, once somebody has asked, whom it lets in: the same objects for every node that has the rule. Carried from one map to the
/// next until one of its sources or recorders changes.
/// </summary>
internal sealed class SshRuleCell
{
    private readonly ConcurrentDictionary<(string ServerUrl, long? Owner), SshRule[]> _rules = new();

    // What was true once, and whose nodes have changed since: the others need not be looked at again.
    private readonly SshPrincipals? _earlier;
    private readonly ImmutableHashSet<long?> _stale = [];
    private SshPrincipals? _principals;

    public SshRuleCell(SshRuleTemplate template) => Template = template;

    private SshRuleCell(SshRuleTemplate template, SshPrincipals? earlier, ImmutableHashSet<long?> stale)
        : this(template) =>
        (_earlier, _stale) = (earlier, stale);

    public SshRuleTemplate Template { get; }

    /// <summary>The cell after nodes of some users changed; null stands for tagged nodes.</summary>
    public SshRuleCell Renewed(IEnumerable<long?> owners) => Volatile.Read(ref _principals) is { } known
        ? new SshRuleCell(Template, known, [.. owners])
        : new SshRuleCell(Template, _earlier, _earlier is null ? [] : _stale.Union(owners));

    /// <summary>Whether some node of a class may have rules by this one.</summary>
    public bool MayConcern(ClassKey key) =>
        Template.WithinOwner || key.ByNode.Intersects(Template.Targets) || (Template.UsesLocalParts && Template.Sources.IsNode(key))
        || (!Template.Recorders.IsEmpty && Template.Sources.IsNode(key));

    /// <summary>Whether a node may have other rules by this one than by an earlier cell of the same rule.</summary>
    public bool MayDiffer(AccessMap map, SshRuleCell earlier, AccessMap earlierMap, PolicyNode node, ClassKey key)
    {
        if (key.ByNode.Intersects(Template.Targets))
        {
            return true;
        }

        // Names of users and recorders change seldom; what they make of a rule is found when it is asked for.
        if (Template.UsesLocalParts || !Template.Recorders.IsEmpty)
        {
            return Template.WithinOwner || Template.Sources.IsNode(key);
        }

        return Template.WithinOwner && node.Owner is { } owner
            && !Equals(Principals(map).ByOwner.GetValueOrDefault(owner), earlier.Principals(earlierMap).ByOwner.GetValueOrDefault(owner));
    }

    /// <summary>Adds the rules that a node has by this one.</summary>
    /// <param name="rules">Where to.</param>
    /// <param name="map">What the cell belongs to.</param>
    /// <param name="node">Whose rules they are.</param>
    /// <param name="key">The class of the node.</param>
    /// <param name="serverUrl">Whom clients ask about a check.</param>
    public void AddTo(List<SshRule> rules, AccessMap map, PolicyNode node, ClassKey key, string serverUrl)
    {
        var isTarget = key.ByNode.Intersects(Template.Targets);

        // With local parts a source has the rules for itself, too, as the service does it. It may do no harm: whom they let in is the
        // node alone, not the others of its user, for whom the policy says nothing of the kind.
        var isOddOne = !isTarget && Template.UsesLocalParts && !Template.Targets.IsEmpty && Template.Sources.IsNode(key);
        if (Template.WithinOwner && node.Owner is { } self)
        {
            rules.AddRange(OfOwner(map, self, serverUrl));
        }

        if (isTarget)
        {
            rules.AddRange(OfEverybody(map, serverUrl));
        }
        else if (isOddOne)
        {
            rules.AddRange(Rules(map, [.. SshPrincipals.Addresses(node)], node.Owner, serverUrl));
        }
    }

    private SshRule[] OfEverybody(AccessMap map, string serverUrl) => _rules.GetOrAdd(
        (serverUrl, null),
        static (_, state) => state.Cell.MakeForEverybody(state.Map, state.ServerUrl),
        (Cell: this, Map: map, ServerUrl: serverUrl));

    private SshRule[] OfOwner(AccessMap map, long owner, string serverUrl) => _rules.GetOrAdd(
        (serverUrl, owner),
        static (key, state) => state.Cell.MakeForOwner(state.Map, key.Owner!.Value, key.ServerUrl),
        (Cell: this, Map: map));

    private SshRule[] MakeForEverybody(AccessMap map, string serverUrl)
    {
        var principals = Principals(map);
        if (!Template.UsesLocalParts)
        {
            return principals.All.Count == 0 ? [] : [Rule(map, principals.All, Template.Users, serverUrl)];
        }

        var rules = principals.ByOwner.Keys.SelectMany(owner => MakeForOwner(map, owner, serverUrl)).ToList();
        if (principals.Tagged.Count > 0)
        {
            rules.Add(Rule(map, principals.Tagged, Template.Users, serverUrl));
        }

        return [.. rules];
    }

    /// <summary>The rule for one user's nodes, and the one by which this user logs in under the local part of the address.</summary>
    private SshRule[] MakeForOwner(AccessMap map, long owner, string serverUrl) =>
        Principals(map).ByOwner.TryGetValue(owner, out var principals) ? Rules(map, principals, owner, serverUrl) : [];

    private SshRule[] Rules(AccessMap map, WireList<SshPrincipal> principals, long? owner, string serverUrl)
    {
        var common = Rule(map, principals, Template.Users, serverUrl);
        return owner is { } id && LocalPart(map.UserOf(id)) is { } name
            ? [common, common with { SshUsers = WireMap.CopyOf([KeyValuePair.Create(name, name)]) }]
            : [common];
    }

    private string? LocalPart(PolicyUser? user)
    {
        if (user?.Email is not { } email || email.LastIndexOf('@') is not (> 0 and var at))
        {
            return null;
        }

        var domain = email[(at + 1)..];
        var name = email[..at];

        // Who gets a mailbox of that name is not asked who may be root: policies say so by its name. The others are no names to clients.
        return name is not (SshCompiler.Root or SshCompiler.AnyUser or SshCompiler.SameUser)
            && Template.LocalPartDomains.Any(known => known.Equals(domain, StringComparison.OrdinalIgnoreCase)) ? name : null;
    }

    private SshRule Rule(AccessMap map, WireList<SshPrincipal> principals, WireMap<string, string> users, string serverUrl) => new()
    {
        Principals = principals,
        SshUsers = users,
        Action = SshActions.Of(Template, map, serverUrl),
        AcceptEnv = Template.AcceptEnv,
    };

    /// <summary>Several may compute it at once; what they find is the same.</summary>
    private SshPrincipals Principals(AccessMap map)
    {
        if (Volatile.Read(ref _principals) is { } known)
        {
            return known;
        }

        var sources = map.NodesWhere(Template.Sources.IsNode);
        var made = _earlier is null ? SshPrincipals.Of(sources) : _earlier.Renewed(sources, _stale);
        return Interlocked.CompareExchange(ref _principals, made, null) ?? made;
    }
}
