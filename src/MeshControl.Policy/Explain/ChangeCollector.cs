using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Explain;

/// <summary>
/// Puts changes together that say the same: of many destinations with the same sources, of many sources with the same destinations, and of all
/// users towards their own nodes. Not thread safe.
/// </summary>
internal sealed class ChangeCollector(JointClasses classes, NodeSetText text)
{
    /// <summary>Stands for the nodes of the destination's user.</summary>
    private const string OwnNodes = "the user's own nodes";

    private readonly Dictionary<(PolicyChangeKind Kind, bool Gained, string Where, string What, bool Self, Bits Sources), Bits> _found = [];
    private readonly Dictionary<(PolicyChangeKind Kind, bool Gained, string What), List<PolicyNode>> _own = [];

    /// <param name="gained">False: lost.</param>
    /// <param name="destination">Whose filter changed.</param>
    /// <param name="where">What of the destination, when not the node itself.</param>
    /// <param name="what">In words.</param>
    /// <param name="sources">Numbers of classes and addresses.</param>
    public void Add(bool gained, JointClass destination, string where, string what, Bits sources) =>
        Add(PolicyChangeKind.Access, gained, destination, where, what, sources);

    /// <inheritdoc cref="Add(bool, JointClass, string, string, Bits)"/>
    public void AddSsh(bool gained, JointClass destination, string what, Bits sources) =>
        Add(PolicyChangeKind.Ssh, gained, destination, "", what, sources);

    /// <summary>Something that nodes have themselves.</summary>
    public void Add(PolicyChangeKind kind, bool gained, IEnumerable<PolicyNode> nodes, string what)
    {
        if (!_own.TryGetValue((kind, gained, what), out var list))
        {
            _own.Add((kind, gained, what), list = []);
        }

        list.AddRange(nodes);
    }

    /// <summary>What concerns most nodes first.</summary>
    public IEnumerable<PolicyChange> Changes() => _found
        .GroupBy(found => (found.Key.Kind, found.Key.Gained, found.Key.Where, found.Key.What, found.Key.Self, Destinations: found.Value))
        .Select(same => (same.Key, Sources: same.Aggregate(Bits.None, (sources, found) => sources.Or(found.Key.Sources))))
        .Select(found => ToChange(found.Key.Kind, found.Key.Gained, found.Key.Where, found.Key.What, found.Key.Self, found.Sources, found.Key.Destinations))
        .Concat(_own.Select(found => ToChange(found.Key.Kind, found.Key.Gained, found.Key.What, found.Value)))
        .OrderBy(change => change.Kind)
        .ThenByDescending(change => (long)Math.Max(1, change.SourceNodes) * Math.Max(1, change.DestinationNodes))
        .ThenBy(change => change.Gained)
        .ThenBy(change => (change.Sources, change.Destinations, change.What));

    private void Add(PolicyChangeKind kind, bool gained, JointClass destination, string where, string what, Bits sources)
    {
        // Nobody needs a rule to reach itself.
        var others = where.Length == 0 && destination.Nodes.Length == 1 ? sources.Without(destination.Id) : sources;
        if (others.IsEmpty)
        {
            return;
        }

        var own = destination.First.Owner is { } owner ? classes.OwnedBy.GetValueOrDefault(owner) : Bits.None;
        var isSelf = where.Length == 0 && !own.IsEmpty && others.Equals(destination.Nodes.Length == 1 ? own.Without(destination.Id) : own);
        var key = (kind, gained, where, what, isSelf, isSelf ? Bits.None : others);
        _found[key] = _found.GetValueOrDefault(key).With(destination.Id);
    }

    private PolicyChange ToChange(PolicyChangeKind kind, bool gained, string where, string what, bool self, Bits sources, Bits destinations)
    {
        var to = NodesOf(destinations);
        var from = self ? [] : NodesOf(sources);
        var through = where.Length == 0 ? text.Describe(to) : $"{where} by way of {text.Describe(to)}";
        return new PolicyChange(
            kind, gained, self ? OwnNodes : Words(from, sources), self ? to.Length : from.Length, through, to.Length, what);
    }

    private PolicyChange ToChange(PolicyChangeKind kind, bool gained, string what, List<PolicyNode> nodes) =>
        new(kind, gained, text.Describe(nodes), nodes.Count, "", 0, what);

    private string Words(ImmutableArray<PolicyNode> nodes, Bits sources)
    {
        var addresses = sources.Numbers().Where(number => number >= classes.All.Length)
            .Select(number => classes.Addresses[number - classes.All.Length].ToString()).ToArray();
        var shown = addresses.Length > 4 ? [.. addresses.Take(3), $"{addresses.Length - 3} more addresses"] : addresses;
        return string.Join(", ", nodes.IsEmpty ? shown : shown.Prepend(text.Describe(nodes)));
    }

    private ImmutableArray<PolicyNode> NodesOf(Bits numbers) =>
        [.. numbers.Numbers().Where(number => number < classes.All.Length).SelectMany(number => classes.All[number].Nodes)];
}
