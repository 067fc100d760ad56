using System.Collections.Immutable;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>
/// Makes the next map of a changed world: each changed node is put into its class, and only a class that appears or goes makes
/// anything be compiled again, namely what the rules say of classes it is a source for.
/// </summary>
internal sealed class AccessEditor
{
    private readonly AccessMap _base;
    private readonly CompiledPolicy _policy;
    private readonly ImmutableDictionary<long, PolicyUser>.Builder _users;
    private readonly Dictionary<int, (PolicyNode?[] Nodes, int[] Classes)> _edited = [];
    private readonly NodeShard[] _shards;
    private readonly HashSet<int> _touched = [];
    private readonly HashSet<ClassKey> _touchedKeys = [];
    private readonly HashSet<long?> _touchedOwners = [];
    private readonly List<int> _reclassed = [];
    private readonly HashSet<IpPrefix> _routesTouched = [];
    private readonly ImmutableDictionary<ClassKey, int>.Builder _ids;
    private readonly ImmutableDictionary<long, Bits>.Builder _ofOwner;
    private readonly HashSet<int> _changed = [];
    private readonly Dictionary<long, HashSet<int>> _changedWithinOwner = [];
    private readonly HashSet<int> _fresh = [];
    private Stack<int>? _free;
    private readonly Bits[] _listed;
    private readonly Bits[] _matched;

    // Copied when a class appears, goes or is compiled anew: most changes do none of it.
    private ClassCell?[] _cells;
    private int[] _counts;
    private RouteTable _routes;

    public AccessEditor(AccessMap map)
    {
        _base = map;
        _policy = map.Compiled;
        _users = map.Users.ToBuilder();
        _shards = map.Shards;
        _routes = map.Routes;
        _ids = map.Classes.Ids.ToBuilder();
        _ofOwner = map.Classes.OfOwner.ToBuilder();
        _cells = map.Classes.Cells;
        _counts = [.. map.Classes.Counts];
        _listed = [.. map.Classes.ListedBy];
        _matched = [.. map.Classes.MatchedBy];
    }

    private bool HasOwnCells => _free is not null;

    public (AccessMap Map, AccessChange Change) Apply(WorldChange change)
    {
        // Those who are new own nothing yet.
        var owners = change.Users.Select(user => user.Id).Where(_users.ContainsKey).Concat(change.RemovedUsers).ToHashSet();
        _users.RemoveRange(change.RemovedUsers);
        foreach (var user in change.Users)
        {
            _users[user.Id] = user;
        }

        foreach (var index in change.RemovedNodes)
        {
            Put(index, null);
        }

        foreach (var node in change.Nodes)
        {
            Put(node.Index, node);
        }

        if (owners.Count > 0)
        {
            foreach (var node in _shards.SelectMany(shard => shard.Nodes).Where(node => node.Owner is { } owner && owners.Contains(owner)))
            {
                if (NodeAt(node.Index) == node)
                {
                    Put(node.Index, node);
                }
            }
        }

        return Finish();
    }

    private (AccessMap Map, AccessChange Change) Finish()
    {
        RenewCells();
        var shards = new NodeShard[Math.Max(_shards.Length, _edited.Count == 0 ? 0 : _edited.Keys.Max() + 1)];
        for (var at = 0; at < shards.Length; at++)
        {
            shards[at] = _edited.TryGetValue(at, out var edited) ? new NodeShard(edited.Nodes, edited.Classes)
                : at < _shards.Length ? _shards[at]
                : NodeShard.Empty;
        }

        var classes = new ClassTable
        {
            Cells = _cells,
            Counts = _counts,
            Ids = _ids.ToImmutable(),
            ListedBy = _listed,
            MatchedBy = _matched,
            OfOwner = _ofOwner.ToImmutable(),
            Sight = HasOwnCells ? new ClassSight(_cells.Length) : _base.Classes.Sight,
        };
        var map = new AccessMap(_policy, _base.Tailnet, _users.ToImmutable(), shards, classes, _routes, _base.Ssh.With(_touchedKeys, _touchedOwners));
        int[] rerouted = [.. _routesTouched.SelectMany(route => _routes.RoutersOf(route)).Select(router => router.Index).Distinct()];
        return (map, AccessChange.Of(_base, map, Bits.Of(_touched), _reclassed, rerouted));
    }

    private PolicyNode? NodeAt(int index) =>
        _edited.TryGetValue(index / NodeShard.Size, out var edited) ? edited.Nodes[index % NodeShard.Size]
        : index / NodeShard.Size < _shards.Length ? _shards[index / NodeShard.Size].NodeAt(index)
        : null;

    private void Put(int index, PolicyNode? node)
    {
        var at = index / NodeShard.Size;
        if (!_edited.TryGetValue(at, out var shard))
        {
            shard = (at < _shards.Length ? _shards[at] : NodeShard.Empty).Copy();
            _edited.Add(at, shard);
        }

        var slot = index % NodeShard.Size;
        var before = shard.Nodes[slot];
        var classBefore = before is null ? -1 : shard.Classes[slot];

        // In before out: a class that the node stays in must not close meanwhile.
        var classAfter = node is null ? -1 : Enter(node);
        Touch(classBefore, before);
        Touch(classAfter, node);
        Leave(classBefore);
        if (before is not null && node is not null && classBefore != classAfter)
        {
            _reclassed.Add(index);
        }

        // Who comes, goes or is another kind of router may make others the ones to use.
        if (before?.Id != node?.Id || classBefore != classAfter)
        {
            _routesTouched.UnionWith(RouteTable.SubnetRoutes(before).Concat(RouteTable.SubnetRoutes(node)));
        }

        (shard.Nodes[slot], shard.Classes[slot]) = (node, classAfter);
        _routes = _routes.With(before, node);
    }

    private void Touch(int classId, PolicyNode? node)
    {
        if (node is not null)
        {
            _touchedOwners.Add(node.Owner);
            _touched.Add(classId);
            _touchedKeys.Add(_cells[classId]!.Key);
        }
    }

    /// <summary>Finds or makes the class of a node, and counts the node in.</summary>
    private int Enter(PolicyNode node)
    {
        var key = KeyOf(node);
        if (!_ids.TryGetValue(key, out var id))
        {
            id = Open(key);
        }

        _counts[id]++;
        return id;
    }

    /// <summary>Makes the cells this editor's own.</summary>
    /// <returns>The numbers that no class has.</returns>
    private Stack<int> OwnCells()
    {
        if (_free is null)
        {
            _cells = [.. _cells];
            _free = new Stack<int>(Enumerable.Range(0, _cells.Length).Where(id => _cells[id] is null).Reverse());
        }

        return _free;
    }

    private ClassKey KeyOf(PolicyNode node)
    {
        var owner = node.Owner is { } ownerId ? _users.GetValueOrDefault(ownerId) : null;
        var selectors = _policy.Selectors;
        return new ClassKey
        {
            ByNode = selectors.MatchingNode(node, owner),
            ByRoute = selectors.MatchingRoutes(node.ApprovedRoutes),
            Owner = _policy.SeparatesOwners && node.Tags.IsEmpty ? node.Owner : null,
            Role = owner?.Role,
            Routes = [.. RouteTable.SubnetRoutes(node).Order()],
            IsExit = node.ApprovedRoutes.Any(route => route.IsDefaultRoute),
        };
    }

    private int Open(ClassKey key)
    {
        var unused = OwnCells();
        if (!unused.TryPop(out var id))
        {
            id = _cells.Length;
            Array.Resize(ref _cells, Math.Max(4, id * 2));
            Array.Resize(ref _counts, _cells.Length);
            for (var free = _cells.Length - 1; free > id; free--)
            {
                unused.Push(free);
            }
        }

        _ids.Add(key, id);
        _cells[id] = ClassCell.Create(key, _policy);
        _fresh.Add(id);
        if (key.Owner is { } owner)
        {
            _ofOwner[owner] = _ofOwner.GetValueOrDefault(owner).With(id);
        }

        foreach (var expression in ExpressionsFor(key))
        {
            _listed[expression.Number] = expression.Lists(key) ? _listed[expression.Number].With(id) : _listed[expression.Number];
            _matched[expression.Number] = expression.MatchesEveryNode ? Bits.None : _matched[expression.Number].With(id);
        }

        NoteSources(key);
        return id;
    }

    /// <summary>Counts a node out, and closes its class when it was the last.</summary>
    private void Leave(int id)
    {
        if (id < 0 || --_counts[id] > 0)
        {
            return;
        }

        var unused = OwnCells();
        var key = _cells[id]!.Key;
        _ids.Remove(key);
        _cells[id] = null;
        unused.Push(id);
        if (key.Owner is { } owner)
        {
            var rest = _ofOwner[owner].Without(id);
            if (rest.IsEmpty)
            {
                _ofOwner.Remove(owner);
            }
            else
            {
                _ofOwner[owner] = rest;
            }
        }

        foreach (var expression in ExpressionsFor(key))
        {
            _listed[expression.Number] = _listed[expression.Number].Without(id);
            _matched[expression.Number] = _matched[expression.Number].Without(id);
        }

        NoteSources(key);
    }

    /// <summary>The expressions that mean nodes of a class; those that mean every node only where they list some of them too.</summary>
    private IEnumerable<SourceExpression> ExpressionsFor(ClassKey key) => _policy.ExpressionsFor(key).Where(expression => expression.Matches(key));

    /// <summary>A class came or went: what was compiled with one of the expressions that mean it no longer holds.</summary>
    private void NoteSources(ClassKey key)
    {
        foreach (var expression in ExpressionsFor(key))
        {
            if (!expression.MatchesEveryNode || expression.Lists(key))
            {
                _changed.Add(expression.Number);
            }

            if (key.Owner is { } owner)
            {
                if (!_changedWithinOwner.TryGetValue(owner, out var changed))
                {
                    _changedWithinOwner.Add(owner, changed = []);
                }

                changed.Add(expression.Number);
            }
        }
    }

    private void RenewCells()
    {
        if (_changed.Count + _changedWithinOwner.Count == 0)
        {
            return;
        }

        var changed = Bits.Of(_changed);
        var withinOwner = _changedWithinOwner.ToDictionary(pair => pair.Key, pair => Bits.Of(pair.Value));
        for (var id = 0; id < _cells.Length; id++)
        {
            if (_cells[id] is { } cell && !_fresh.Contains(id)
                && (cell.Uses.Intersects(changed)
                    || (cell.Key.Owner is { } owner && withinOwner.TryGetValue(owner, out var own) && cell.UsesWithinOwner.Intersects(own))))
            {
                OwnCells();
                _cells[id] = cell.Renewed();
            }
        }
    }
}
