using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Explain;

/// <summary>
/// Says who gains and who loses what when one policy takes the place of another. Works by classes: nodes that both policies treat alike are
/// looked at once. What differs for one address family alone does not count. Not thread safe.
/// </summary>
public sealed class PolicyComparer
{
    /// <summary>Changes of an answer.</summary>
    public const int MaxChanges = 100;

    /// <summary>Addresses as sources that are looked at.</summary>
    public const int MaxAddresses = 1000;

    private readonly JointClasses _classes;
    private readonly JointSources _before;
    private readonly JointSources _after;
    private readonly NodeSetText _text;
    private readonly ChangeCollector _changes;
    private readonly bool[] _updated;

    private PolicyComparer(AccessMap before, AccessMap after, WorldNames names)
    {
        _classes = JointClasses.Of(before, after, MaxAddresses);
        _before = new JointSources(_classes, before, joint => joint.Before);
        _after = new JointSources(_classes, after, joint => joint.After);
        _text = new NodeSetText(after, names, after.Policy, before.Policy);
        _changes = new ChangeCollector(_classes, _text);
        _updated = new bool[_classes.All.Length];
    }

    /// <param name="before">The policy in force.</param>
    /// <param name="after">The one that may take its place, applied to the same users and nodes.</param>
    /// <param name="names">What nodes are called.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static PolicyComparison Compare(AccessMap before, AccessMap after, WorldNames names, CancellationToken cancellationToken) =>
        new PolicyComparer(before, after, names).Compare(cancellationToken);

    private PolicyComparison Compare(CancellationToken cancellationToken)
    {
        var (openBefore, openAfter) = (new Bits[_classes.All.Length], new Bits[_classes.All.Length]);
        foreach (var joint in _classes.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CompareAccess(joint);
            CompareSsh(joint);
            _updated[joint.Id] |= !IsSameFilter(joint);
            openBefore[joint.Id] = OpenTo(_before, joint);
            openAfter[joint.Id] = OpenTo(_after, joint);
        }

        CompareVisibility(openBefore, openAfter, cancellationToken);
        CompareNodes();
        var changes = _changes.Changes().ToArray();
        return new PolicyComparison(
            [.. changes.Take(MaxChanges)],
            Math.Max(0, changes.Length - MaxChanges),
            _classes.All.Where(joint => _updated[joint.Id]).Sum(joint => joint.Nodes.Length),
            _text.Total);
    }

    private void CompareAccess(JointClass joint)
    {
        var (old, now) = (RulesOn(_before, joint), RulesOn(_after, joint));
        foreach (var place in PlacesOf(joint, [.. old, .. now]))
        {
            var found = new Dictionary<(bool Gained, Bits Sources), List<(int Protocol, PortRange Ports)>>();
            foreach (var (protocol, ports, lost, gained) in PortAccess.Differences(AccessTo(place, _before, joint, old), AccessTo(place, _after, joint, now)))
            {
                Note(found, (false, lost), (protocol, ports));
                Note(found, (true, gained), (protocol, ports));
            }

            foreach (var ((gained, sources), ports) in found)
            {
                _changes.Add(gained, joint, Words(place), Words(ports), sources);
                if (place.Kind != PlaceKind.Node)
                {
                    // Whoever gets or loses the use of a route is told of it.
                    Update(sources);
                }
            }
        }
    }

    private static void Note(
        Dictionary<(bool Gained, Bits Sources), List<(int Protocol, PortRange Ports)>> found, (bool Gained, Bits Sources) key, (int, PortRange) ports)
    {
        if (key.Sources.IsEmpty)
        {
            return;
        }

        if (!found.TryGetValue(key, out var list))
        {
            found.Add(key, list = []);
        }

        list.Add(ports);
    }

    private static (RuleTemplate Rule, RuleTarget[] Targets)[] RulesOn(JointSources side, JointClass joint)
    {
        var key = side.KeyOf(joint);
        return
        [
            .. from rule in side.Map.Compiled.RulesFor(key)
               where rule.Capabilities is null && rule.IsDelivered
               let targets = rule.TargetsOn(key).ToArray()
               where targets.Length > 0
               select (rule, targets),
        ];
    }

    /// <summary>The node, its routes with the parts of them that rules tell apart, and the internet behind exit nodes.</summary>
    private static IEnumerable<Place> PlacesOf(JointClass joint, (RuleTemplate Rule, RuleTarget[] Targets)[] rules)
    {
        yield return new Place(PlaceKind.Node);
        var routes = RouteTable.SubnetRoutes(joint.First).ToArray();
        var parts = rules.SelectMany(rule => rule.Targets).SelectMany(target => target.Prefixes)
            .SelectMany(prefix => routes.Where(route => route.Contains(prefix)).Select(_ => prefix));
        foreach (var prefix in routes.Concat(parts).Distinct().Order())
        {
            yield return new Place(PlaceKind.Route, prefix);
        }

        if (joint.First.ApprovedRoutes.Any(route => route.IsDefaultRoute))
        {
            yield return new Place(PlaceKind.Internet);
        }
    }

    private static PortAccess AccessTo(Place place, JointSources side, JointClass joint, (RuleTemplate Rule, RuleTarget[] Targets)[] rules)
    {
        var key = side.KeyOf(joint);
        var access = new PortAccess();
        foreach (var (rule, targets) in rules)
        {
            foreach (var target in targets.Where(target => IsIn(place, rule, target, key)))
            {
                foreach (var ports in target.Ports)
                {
                    access.Add(rule.Protocol, ports, side.Of(rule.Sources, rule.WithinOwner, joint));
                }
            }
        }

        return access;
    }

    private static bool IsIn(Place place, RuleTemplate rule, RuleTarget target, ClassKey key) => place.Kind switch
    {
        PlaceKind.Node => !rule.HasVia && target.Kind switch
        {
            RuleTargetKind.Addresses => key.ByNode.Has(target.Selector),
            RuleTargetKind.Internet => false,
            _ => true,
        },
        PlaceKind.Route => target.Kind == RuleTargetKind.Everything
            || (target.Kind == RuleTargetKind.Addresses && target.Prefixes.Any(prefix => prefix.Contains(place.Prefix))),
        _ => target.Kind is RuleTargetKind.Everything or RuleTargetKind.Internet,
    };

    private void CompareSsh(JointClass joint)
    {
        var (old, now) = (SshTo(_before, joint), SshTo(_after, joint));
        foreach (var what in old.Keys.Union(now.Keys))
        {
            var (lost, gained) = (old.GetValueOrDefault(what), now.GetValueOrDefault(what));
            foreach (var (isGain, sources) in new[] { (false, lost.Except(gained)), (true, gained.Except(lost)) })
            {
                if (!sources.IsEmpty)
                {
                    _changes.AddSsh(isGain, joint, what, sources);
                    _updated[joint.Id] = true;
                }
            }
        }
    }

    /// <summary>Who may log in, by what he may do then. Where a rule asks for a check, one that does not has no say.</summary>
    private static Dictionary<string, Bits> SshTo(JointSources side, JointClass joint)
    {
        var (found, asked) = (new Dictionary<string, Bits>(StringComparer.Ordinal), new Dictionary<string, Bits>(StringComparer.Ordinal));
        var key = side.KeyOf(joint);

        // Rules with a check stand first.
        foreach (var rule in side.Map.Compiled.Ssh)
        {
            var sources = key.ByNode.Intersects(rule.Targets) ? side.Of(rule.Sources, withinOwner: false, joint) : Bits.None;
            if (rule.WithinOwner)
            {
                sources = sources.Or(side.Of(rule.Sources, withinOwner: true, joint));
            }

            foreach (var user in sources.IsEmpty ? [] : side.Map.Policy.Ssh[rule.Ordinal].Users.Distinct())
            {
                if (rule.Check)
                {
                    asked[user] = asked.GetValueOrDefault(user).Or(sources);
                }

                var what = $"as {user}{(rule.Check ? ", after a check" : "")}";
                found[what] = found.GetValueOrDefault(what).Or(rule.Check ? sources : sources.Except(asked.GetValueOrDefault(user)));
            }
        }

        return found;
    }

    /// <summary>Whether the nodes of a class would be sent the same filter, as far as can be told without writing it.</summary>
    private bool IsSameFilter(JointClass joint)
    {
        var (old, now) = (_before.AccessOf(joint).Rules, _after.AccessOf(joint).Rules);
        return old.Length == now.Length && old.Zip(now).All(pair => IsSame(pair.First, pair.Second, joint));
    }

    private bool IsSame(ClassRule old, ClassRule now, JointClass joint)
    {
        var within = old.Owner is not null;
        return old.Owner == now.Owner
            && old.Protocol == now.Protocol
            && old.Destinations.SequenceEqual(now.Destinations)
            && Equals(old.Capabilities, now.Capabilities)
            && (within || (old.Sources.Wildcard == now.Sources.Wildcard && old.Sources.Literals.ToHashSet().SetEquals(now.Sources.Literals)))
            && _before.Of(old.Sources, within, joint).Equals(_after.Of(now.Sources, within, joint));
    }

    private Bits OpenTo(JointSources side, JointClass joint)
    {
        var access = side.AccessOf(joint);
        return Bits.Of(_classes.All.Where(other => access.IsOpenTo(side == _before ? other.Before : other.After)).Select(other => other.Id));
    }

    private void CompareVisibility(Bits[] before, Bits[] after, CancellationToken cancellationToken)
    {
        for (var one = 0; one < before.Length; one++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var other in before[one].Except(after[one]).Or(after[one].Except(before[one])).Numbers())
            {
                if ((before[one].Has(other) || before[other].Has(one)) != (after[one].Has(other) || after[other].Has(one)))
                {
                    _updated[one] = _updated[other] = true;
                }
            }
        }
    }

    private void CompareNodes()
    {
        foreach (var joint in _classes.All)
        {
            // A class may differ in what its nodes advertise, or in their device, but not in what it is told of by name.
            var (old, now) = (_before.Map.AttributesOf(joint.First.Index), _after.Map.AttributesOf(joint.First.Index));
            foreach (var name in old.Keys.Union(now.Keys).Where(name => !Same(old, now, name)))
            {
                _updated[joint.Id] = true;
                _changes.Add(PolicyChangeKind.Attribute, now.ContainsKey(name), joint.Nodes, name);
            }

            foreach (var node in joint.Nodes.Where(node => !node.AdvertisedRoutes.IsEmpty))
            {
                var (approved, will) = (_before.Map.AutoApproved(node.Index), _after.Map.AutoApproved(node.Index));
                foreach (var route in approved.Union(will).Where(route => !approved.Contains(route) || !will.Contains(route)))
                {
                    _updated[joint.Id] |= !node.ApprovedRoutes.Contains(route);
                    _changes.Add(PolicyChangeKind.Route, will.Contains(route), [node], $"{route} approved without asking");
                }
            }
        }
    }

    private static bool Same(WireMap<string, WireList<RawJson>?> old, WireMap<string, WireList<RawJson>?> now, string name) =>
        old.TryGetValue(name, out var before) && now.TryGetValue(name, out var after) && Equals(before, after);

    private void Update(Bits sources)
    {
        foreach (var number in sources.Numbers().Where(number => number < _updated.Length))
        {
            _updated[number] = true;
        }
    }

    private static string Words(Place place) => place.Kind switch
    {
        PlaceKind.Route => place.Prefix.ToString(),
        PlaceKind.Internet => "the internet",
        _ => "",
    };

    /// <summary>TCP and UDP together are what rules without a protocol mean.</summary>
    private static string Words(List<(int Protocol, PortRange Ports)> found)
    {
        var byProtocol = found.GroupBy(entry => entry.Protocol, entry => entry.Ports)
            .ToDictionary(group => group.Key, group => group.ToList());
        var words = new List<string>();
        if (byProtocol.TryGetValue(IpProtocols.Tcp, out var tcp) && byProtocol.TryGetValue(IpProtocols.Udp, out var udp)
            && PortText.Merge(tcp).SequenceEqual(PortText.Merge(udp)))
        {
            words.Add(PortText.Of(null, tcp));
            byProtocol.Remove(IpProtocols.Tcp);
            byProtocol.Remove(IpProtocols.Udp);
        }

        words.AddRange(byProtocol.OrderBy(pair => pair.Key).Select(pair => PortText.Of(pair.Key, pair.Value)));
        return string.Join("; ", words);
    }
}
