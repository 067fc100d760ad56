using System.Collections.Immutable;
using System.Globalization;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>
/// The packet filter of one node. It is sent as named pieces, a rule's sources shard by shard: clients put the pieces of all names
/// together in the order of the names, so the pieces of one rule mean what the rule means.
/// </summary>
public sealed class NodeFilter
{
    /// <summary>Always there and empty: a filter without a single name would be no filter at all.</summary>
    private const string Base = "base";

    private readonly AccessMap _map;
    private readonly PolicyNode? _node;
    private readonly ImmutableArray<ClassRule> _rules;

    internal NodeFilter(AccessMap map, int index)
    {
        _map = map;
        _node = map.NodeAt(index);
        _rules = map.CellAt(index) is { } cell ? map.AccessOf(cell).Rules : [];
    }

    /// <summary>The rules undivided, in order.</summary>
    public WireList<FilterRule> Rules => Joined(
        _map.Places.Sorted(_rules).Select(rule => Render(rule, FilterText.Sorted(Enumerable.Range(0, Shards).SelectMany(shard => Sources(rule, shard))))));

    /// <summary>Everything, by name.</summary>
    public WireMap<string, WireList<FilterRule>?> Pieces => WireMap.CopyOf(AllPieces().Prepend(KeyValuePair.Create(Base, (WireList<FilterRule>?)[])));

    // One even where there is no node: what stands in the policy itself is in the first.
    private int Shards => Math.Max(1, _map.Shards.Length);

    /// <summary>What has to be sent to somebody who has an earlier filter; null: nothing.</summary>
    public WireMap<string, WireList<FilterRule>?>? ChangesSince(NodeFilter earlier)
    {
        if (_map == earlier._map)
        {
            return null;
        }

        var changes = new Dictionary<string, WireList<FilterRule>?>(StringComparer.Ordinal);
        var sameRules = _rules == earlier._rules && SameAddresses(earlier);
        var before = sameRules ? earlier.PiecesOf(Differing(earlier)) : earlier.AllPieces();
        var after = sameRules ? PiecesOf(Differing(earlier)) : AllPieces();
        var told = before.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, piece) in after)
        {
            if (!told.Remove(name, out var known) || !piece!.Equals(known))
            {
                changes.Add(name, piece);
            }
        }

        foreach (var name in told.Keys)
        {
            changes.Add(name, null);
        }

        return changes.Count == 0 ? null : WireMap.CopyOf(changes);
    }

    /// <summary>
    /// Rules of ports that say the same addresses in other words, such as a user beside the address of one of its nodes, are one as well; only their
    /// texts tell.
    /// </summary>
    private static WireList<FilterRule> Joined(IEnumerable<FilterRule> rules)
    {
        var joined = new List<FilterRule>();
        foreach (var rule in rules)
        {
            var same = rule.DstPorts is null
                ? -1
                : joined.FindIndex(earlier => earlier.DstPorts is not null && Equals(earlier.SrcIps, rule.SrcIps) && Equals(earlier.IpProto, rule.IpProto));
            if (same < 0)
            {
                joined.Add(rule);
            }
            else
            {
                joined[same] = joined[same] with { DstPorts = WireList.CopyOf(joined[same].DstPorts!.Concat(rule.DstPorts!)) };
            }
        }

        return WireList.CopyOf(joined);
    }

    /// <summary>The shards that are not the very same in both; the first also when routes differ, as it lists them.</summary>
    private IEnumerable<int> Differing(NodeFilter earlier)
    {
        var (mine, theirs) = (_map.Shards, earlier._map.Shards);
        for (var shard = 0; shard < Math.Max(mine.Length, theirs.Length); shard++)
        {
            if (shard >= mine.Length || shard >= theirs.Length || mine[shard] != theirs[shard]
                || (shard == 0 && _map.Routes != earlier._map.Routes))
            {
                yield return shard;
            }
        }
    }

    private bool SameAddresses(NodeFilter earlier) =>
        Equals(_node?.IPv4, earlier._node?.IPv4) && Equals(_node?.IPv6, earlier._node?.IPv6);

    private IEnumerable<KeyValuePair<string, WireList<FilterRule>?>> AllPieces() => PiecesOf(Enumerable.Range(0, Shards));

    private IEnumerable<KeyValuePair<string, WireList<FilterRule>?>> PiecesOf(IEnumerable<int> shards)
    {
        foreach (var shard in shards)
        {
            foreach (var rule in _rules)
            {
                var sources = Sources(rule, shard);

                // A capability that nobody has is told all the same, once.
                if (sources.Count > 0 || (shard == 0 && rule.Capabilities is not null))
                {
                    yield return KeyValuePair.Create(NameOf(rule, shard), (WireList<FilterRule>?)[Render(rule, sources)]);
                }
            }
        }
    }

    /// <summary>In the order of names the rules are in order, whatever else is there.</summary>
    private static string NameOf(ClassRule rule, int shard) => string.Create(CultureInfo.InvariantCulture, $"r{rule.Ordinal:D6}.{shard:D5}");

    private FilterRule Render(ClassRule rule, WireList<string> sources) => new()
    {
        SrcIps = sources,
        IpProto = rule.Protocol is { } protocol ? [protocol] : null,
        DstPorts = rule.Capabilities is null ? WireList.CopyOf(rule.Destinations.SelectMany(Ports)) : null,
        CapGrant = rule.Capabilities is null ? null : [new CapGrant { Dsts = WireList.CopyOf(OwnAddresses.Select(IpPrefix.Single)), CapMap = rule.Capabilities }],
    };

    private IEnumerable<NetPortRange> Ports(Destination destination) => destination.Text is { } text
        ? [new NetPortRange { Ip = text, Ports = destination.Ports }]
        : OwnAddresses.Select(address => new NetPortRange { Ip = FilterText.Of(address), Ports = destination.Ports });

    private IEnumerable<System.Net.IPAddress> OwnAddresses => _node is null ? [] : AccessMap.AddressesOf(_node);

    /// <summary>A rule's sources in one shard. What stands in the policy itself, and what the tailnet is, belongs to the first.</summary>
    private WireList<string> Sources(ClassRule rule, int shard)
    {
        if (rule.Owner is null && shard == 0)
        {
            return _map.FirstTexts(rule.Sources);
        }

        // What was said in the first is not said again: a capability would be granted twice.
        return shard >= _map.Shards.Length || (rule.Owner is null && rule.Sources.DangerAll)
            ? []
            : _map.Shards[shard].Texts(rule.Sources, rule.Owner, _map.Classes);
    }
}
