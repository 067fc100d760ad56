using System.Collections.Immutable;
using System.Globalization;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Explain;

/// <summary>
/// Answers who may reach whom, and by which rules: those that the filters of nodes are made of. Nodes that the policy treats alike are
/// looked at once. Not thread safe.
/// </summary>
public sealed class AccessExplainer(AccessMap map, PrimaryRoutes primaries, WorldNames names)
{
    /// <summary>Findings of an answer.</summary>
    public const int MaxFindings = 20;

    /// <summary>Classes of sources, and of destinations, that are looked at: more than anybody would read of.</summary>
    public const int MaxClasses = 300;

    private const int SshPort = 22;

    private readonly NodeSetText _text = new(map, names, map.Policy);

    public AccessExplanation Explain(AccessQuestion question)
    {
        var (sources, moreSources) = SourcesOf(question.Source);
        var (destinations, moreDestinations) = DestinationsOf(question.Destination);
        var found = new Dictionary<string, Outcome>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            foreach (var ways in destinations.GroupBy(destination => destination.IsNode ? (object)destination : destination.Address ?? default))
            {
                foreach (var (destination, outcome) in Best(ways.Where(way => !IsItself(source, way)).Select(way => (way, Ask(question, source, way)))))
                {
                    if (!found.TryGetValue(outcome.Key, out var same))
                    {
                        found.Add(outcome.Key, same = outcome);
                    }

                    same.Add(source, destination);
                }
            }
        }

        Outcome[] outcomes = [.. found.Values];
        if (outcomes.Length == 0)
        {
            outcomes =
            [
                sources.Count > 0 && destinations.Count > 0
                    ? new Outcome(AccessVerdict.Allowed, [], ["A node needs no rule to reach itself."])
                    : new Outcome(AccessVerdict.Denied, [], Missing(question)),
            ];
        }

        return Summarise(question, outcomes, moreSources + moreDestinations);
    }

    /// <summary>Of several routers to one address it takes one that serves; the others are of interest only where none does.</summary>
    private static IEnumerable<(DestinationEnd Way, Outcome Outcome)> Best(IEnumerable<(DestinationEnd Way, Outcome Outcome)> ways)
    {
        var all = ways.ToList();
        return all.Count > 1 ? all.Where(way => way.Outcome.Verdict == all.Max(other => other.Outcome.Verdict)) : all;
    }

    private AccessExplanation Summarise(AccessQuestion question, Outcome[] outcomes, int left)
    {
        var verdict = outcomes.All(outcome => outcome.Verdict == AccessVerdict.Allowed) ? AccessVerdict.Allowed
            : outcomes.All(outcome => outcome.Verdict == AccessVerdict.Denied) ? AccessVerdict.Denied
            : AccessVerdict.Partly;
        var isMendable = outcomes.Any(outcome => outcome.IsMendable);
        var findings = outcomes.SelectMany(outcome => outcome.Rectangles().Select(part => (outcome, part))).ToArray();
        return new AccessExplanation(
            verdict,
            [
                .. findings.Take(MaxFindings).Select(found => new AccessFinding(
                    Describe(found.part.Sources, question.Source),
                    Describe(found.part.Destinations, question.Destination),
                    found.outcome.Verdict,
                    found.outcome.Rules,
                    found.outcome.Notes)),
            ],
            Math.Max(0, findings.Length - MaxFindings) + left)
        {
            SuggestedRule = isMendable ? RuleSuggestion.For(map.Policy, question) : null,
            SuggestedSection = isMendable ? RuleSuggestion.SectionOf(map.Policy) : null,
        };
    }

    private string Describe(IReadOnlyCollection<PolicyNode> nodes, Subject subject) => nodes.Count == 0 ? subject.Label : _text.Describe(nodes);

    private static ImmutableArray<string> Missing(AccessQuestion question) =>
    [
        .. new[] { question.Source, question.Destination }
            .Where(subject => subject.Kind == SubjectKind.Nodes && subject.Nodes.IsEmpty)
            .Select(subject => $"There is no node to {subject.Alias}.").Distinct(),
        .. question.Destination.Kind switch
        {
            SubjectKind.Addresses => new[] { $"No node forwards to {question.Destination.Alias}: no route to it is approved." },
            SubjectKind.Internet => ["There is no exit node whose routes are approved."],
            _ => [],
        },
    ];

    private Outcome Ask(AccessQuestion question, SourceEnd source, DestinationEnd destination)
    {
        var usable = source.Addresses.Usable & destination.Addresses.Usable;
        var asked = source.Addresses.Asked & destination.Addresses.Asked & usable;
        if (asked == AddressFamilies.None)
        {
            return new Outcome(AccessVerdict.Denied, [], [WithoutFamily(source.Addresses, destination.Addresses)], isMendable: false);
        }

        var known = RulesBetween(question, source, destination, usable);
        var rules = known.Where(match => (match.Families & asked) != AddressFamilies.None).ToList();
        var notes = new List<string>();
        var verdict = VerdictOf(question, rules, asked, notes);
        if (!destination.IsNode)
        {
            verdict = AskTheWay(source, destination, verdict, notes);
        }

        if (verdict == AccessVerdict.Denied)
        {
            AddReasons(question, source, destination, notes);
            foreach (var family in NodeAddresses.Each(usable & ~asked).Where(family => VerdictBy(question, known, family) != AccessVerdict.Denied))
            {
                notes.Add($"By {family} it is {Words(VerdictBy(question, known, family))}: the rules for that name addresses.");
            }
        }
        else if (IsPing(question.Protocol) && rules.TrueForAll(rule => rule.Rule.Protocol is not null && rule.Rule.Protocol != question.Protocol))
        {
            notes.Add("Clients answer pings from whoever may reach any port of theirs.");
        }

        var references = rules.GroupBy(rule => (rule.Rule.Origin, rule.Rule.Protocol)).Select(same => new RuleReference(
            same.Key.Origin.Section,
            same.Key.Origin.Position.Line,
            RuleText.At(map.Policy.Text, same.Key.Origin.Position),
            PortText.Of(same.Key.Protocol, same.SelectMany(rule => rule.Ports)))).ToList();
        if (references.Exists(reference => reference.Section.Length == 0))
        {
            notes.Add("The policy has neither acls nor grants, so everybody may reach everything.");
            references.RemoveAll(reference => reference.Section.Length == 0);
        }

        if (question.Port == SshPort && question.Protocol is null or IpProtocols.Tcp)
        {
            AddSsh(source, destination, verdict, references, notes);
        }

        return new Outcome(verdict, [.. references.OrderBy(reference => reference.Line)], [.. notes]);
    }

    /// <summary>Whether a rule has something to say to the question.</summary>
    private static bool IsAsked(AccessQuestion question, RuleTemplate rule, List<PortRange> ports)
    {
        if (IsPing(question.Protocol))
        {
            return true;
        }

        var isProtocol = rule.Protocol is not { } protocol
            ? question.Protocol is null or IpProtocols.Tcp or IpProtocols.Udp
            : question.Protocol is { } asked ? asked == protocol : question.Port == 0 || IpProtocols.HasPorts(protocol);
        return isProtocol && (question.Port == 0 || ports.Exists(range => range.First <= question.Port && question.Port <= range.Last));
    }

    private static string WithoutFamily(NodeAddresses source, NodeAddresses destination) =>
        (source.Usable & destination.Usable) == AddressFamilies.None ? "They have no kind of address in common, IPv4 or IPv6."
        : source.Asked == AddressFamilies.None || destination.Asked == AddressFamilies.None ? "The address is not in use: disable-ipv4 takes it away."
        : "One address is IPv4 and the other IPv6, so nothing connects the two.";

    /// <summary>The rules that have something to say to the question, for each kind of address.</summary>
    private List<RuleMatch> RulesBetween(AccessQuestion question, SourceEnd source, DestinationEnd destination, AddressFamilies usable)
    {
        var found = new List<RuleMatch>();
        foreach (var rule in map.Compiled.RulesFor(destination.Key).Where(rule => rule.Capabilities is null && rule.IsDelivered))
        {
            var families = source.FamiliesIn(map, rule.Sources, rule.WithinOwner, destination.Key.Owner) & usable;
            if (families == AddressFamilies.None)
            {
                continue;
            }

            found.AddRange(rule.TargetsOn(destination.Key)
                .GroupBy(target => destination.FamiliesIn(rule, target) & families, target => target.Ports)
                .Where(targets => targets.Key != AddressFamilies.None)
                .Select(targets => new RuleMatch(rule, [.. targets.SelectMany(ports => ports)], targets.Key))
                .Where(match => match.Ports.Count > 0 && IsAsked(question, rule, match.Ports)));
        }

        return found;
    }

    /// <summary>What holds by all kinds of addresses that are asked about.</summary>
    private static AccessVerdict VerdictOf(AccessQuestion question, List<RuleMatch> rules, AddressFamilies asked, List<string> notes)
    {
        var (v4, v6) = (VerdictBy(question, rules, AddressFamilies.IPv4), VerdictBy(question, rules, AddressFamilies.IPv6));
        if (asked != AddressFamilies.Both || v4 == v6)
        {
            return asked.HasFlag(AddressFamilies.IPv4) ? v4 : v6;
        }

        notes.Add($"By IPv4 it is {Words(v4)}, by IPv6 it is {Words(v6)}: rules that name addresses hold for those alone.");
        return AccessVerdict.Partly;
    }

    private static string Words(AccessVerdict verdict) => verdict switch
    {
        AccessVerdict.Allowed => "allowed",
        AccessVerdict.Partly => "partly allowed",
        _ => "not allowed",
    };

    private static AccessVerdict VerdictBy(AccessQuestion question, List<RuleMatch> all, AddressFamilies family)
    {
        var rules = all.FindAll(match => match.Families.HasFlag(family));
        if (rules.Count == 0)
        {
            return AccessVerdict.Denied;
        }

        if (question.Port != 0 || IsPing(question.Protocol))
        {
            return AccessVerdict.Allowed;
        }

        var whole = PortText.Merge(rules
            .Where(rule => rule.Rule.Protocol is null || rule.Rule.Protocol == question.Protocol)
            .SelectMany(rule => rule.Ports));
        return whole is [{ First: <= 1, Last: ushort.MaxValue }] ? AccessVerdict.Allowed : AccessVerdict.Partly;
    }

    /// <summary>A filter that lets somebody through is of no use to those who are not shown the route.</summary>
    private AccessVerdict AskTheWay(SourceEnd source, DestinationEnd destination, AccessVerdict verdict, List<string> notes)
    {
        var router = destination.Nodes[0];
        var name = names.Of(router.Index);
        if (destination.IsExit)
        {
            notes.Add($"By way of the exit node {name}, if the client uses it.");
            return verdict;
        }

        if (source.Nodes.IsEmpty || map.RoutesOf(source.Nodes[0].Index, router.Index, primaries).Allowed.Contains(destination.Route!.Value))
        {
            notes.Add($"By way of {name}, which forwards {destination.Route}.");
            return verdict;
        }

        notes.Add($"Not by way of {name}: it has {destination.Route}, too, but is not the one that is used.");
        return AccessVerdict.Denied;
    }

    private void AddReasons(AccessQuestion question, SourceEnd source, DestinationEnd destination, List<string> notes)
    {
        foreach (var rule in map.Compiled.RulesFor(destination.Key).Where(rule => rule.Capabilities is null && !rule.Sources.Postures.IsEmpty))
        {
            var isTarget = rule.TargetsOn(destination.Key).Any(target => destination.IsIn(rule, target));
            if (isTarget && source.Key is { } key && key.ByNode.Intersects(rule.Sources.Selectors) && !key.ByNode.Intersects(rule.Sources.Postures))
            {
                notes.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The rule in line {rule.Origin.Position.Line} asks for a posture that the device does not have."));
            }
        }

        if (destination.IsNode && !source.Nodes.IsEmpty)
        {
            var other = destination.Nodes.FirstOrDefault(node => node.Index != source.Nodes[0].Index);
            var sees = other is not null && map.Sees(source.Nodes[0].Index, other.Index);
            notes.Add(!sees ? "They do not see each other."
                : question.Port == 0 && question.Protocol is null ? "They see each other all the same: there is a rule for the other direction, or for capabilities."
                : "They see each other all the same: other rules connect them.");
        }
    }

    private void AddSsh(SourceEnd source, DestinationEnd destination, AccessVerdict verdict, List<RuleReference> references, List<string> notes)
    {
        if (!destination.IsNode || source.Key is not { } key)
        {
            return;
        }

        var applies = false;
        foreach (var rule in map.Compiled.Ssh)
        {
            var isTarget = destination.Key.ByNode.Intersects(rule.Targets)
                || (rule.WithinOwner && source.Nodes[0].Owner is { } owner && owner == destination.Nodes[0].Owner);
            if (isTarget && rule.Sources.IsNode(key))
            {
                var users = string.Join(", ", map.Policy.Ssh[rule.Ordinal].Users);
                references.Add(new RuleReference(
                    "ssh", rule.Position.Line, RuleText.At(map.Policy.Text, rule.Position), $"Tailscale SSH as {users}{(rule.Check ? ", after a check" : "")}"));
                applies = true;
            }
        }

        if (applies && verdict == AccessVerdict.Denied)
        {
            notes.Add("A rule of ssh says who may log in, but no rule of acls or grants lets the connection through.");
        }
    }

    private (List<SourceEnd> Ends, int Left) SourcesOf(Subject subject) => subject.Kind switch
    {
        SubjectKind.Nodes => Classes(subject, (key, nodes, addresses) => new SourceEnd(key, nodes, null, addresses)),
        SubjectKind.Addresses => ([.. subject.Prefixes.Take(MaxClasses).Select(prefix => SourceEnd.At(prefix))], 0),
        _ => ([], 0),
    };

    private (List<DestinationEnd> Ends, int Left) DestinationsOf(Subject subject)
    {
        switch (subject.Kind)
        {
            case SubjectKind.Nodes:
                return Classes(subject, (key, nodes, addresses) => new DestinationEnd(key, nodes, null, null, addresses));
            case SubjectKind.Internet:
                return Routers(_ => true, address: null);
            default:
                var (ends, left) = (new List<DestinationEnd>(), 0);
                foreach (var prefix in subject.Prefixes.Take(MaxClasses))
                {
                    var (found, more) = Routers(route => route.Contains(prefix) || (!route.IsDefaultRoute && prefix.Contains(route)), prefix);
                    ends.AddRange(found);
                    left += more;
                }

                return (ends, left);
        }
    }

    private (List<DestinationEnd> Ends, int Left) Routers(Func<IpPrefix, bool> isOnTheWay, IpPrefix? address)
    {
        var routers = (
            from node in map.Nodes
            from route in node.ApprovedRoutes
            where isOnTheWay(route)
                && (address is not { } wanted ? route.IsDefaultRoute && !route.IsIPv6 : !route.IsDefaultRoute || DestinationEnd.IsPublic(wanted))
            select new DestinationEnd(map.CellAt(node.Index)!.Key, [node], address, route, address is { } at ? NodeAddresses.Of(at) : NodeAddresses.OfExit(node))).ToList();

        // The way through a subnet router is more exact than that through an exit node.
        var subnets = routers.Where(router => !router.IsExit).ToList();
        routers = subnets.Count > 0 ? subnets : routers;
        return ([.. routers.Take(MaxClasses)], Math.Max(0, routers.Count - MaxClasses));
    }

    private (List<T> Ends, int Left) Classes<T>(Subject subject, Func<ClassKey, ImmutableArray<PolicyNode>, NodeAddresses, T> make)
    {
        var classes = subject.Nodes
            .GroupBy(node => (Class: map.ClassAt(node.Index), Addresses: NodeAddresses.Of(map, node, subject.Prefixes)))
            .OrderByDescending(nodes => nodes.Count()).ToList();
        return (
            [.. classes.Take(MaxClasses).Select(nodes => make(map.Classes.Cells[nodes.Key.Class]!.Key, [.. nodes], nodes.Key.Addresses))],
            Math.Max(0, classes.Count - MaxClasses));
    }

    private static bool IsItself(SourceEnd source, DestinationEnd destination) =>
        destination.IsNode && source.Nodes is [var only] && destination.Nodes is [var same] && only.Index == same.Index;

    private static bool IsPing(int? protocol) => protocol is IpProtocols.Icmp or IpProtocols.IcmpV6;

    /// <summary>What holds between some ends, and between which.</summary>
    private sealed class Outcome(
        AccessVerdict verdict, ImmutableArray<RuleReference> rules, ImmutableArray<string> notes, bool isMendable = true)
    {
        private readonly Dictionary<DestinationEnd, List<SourceEnd>> _pairs = new(ReferenceEqualityComparer.Instance);

        public AccessVerdict Verdict => verdict;

        /// <summary>Some rule could allow what is not.</summary>
        public bool IsMendable => isMendable && verdict != AccessVerdict.Allowed;

        public ImmutableArray<RuleReference> Rules => rules;

        public ImmutableArray<string> Notes => notes;

        /// <summary>Equal when there is nothing to tell apart.</summary>
        public string Key => string.Join('\n', [verdict.ToString(), .. rules.Select(rule => rule.ToString()), .. notes]);

        public void Add(SourceEnd source, DestinationEnd destination)
        {
            if (!_pairs.TryGetValue(destination, out var sources))
            {
                _pairs.Add(destination, sources = []);
            }

            sources.Add(source);
        }

        /// <summary>Destinations with the same sources together.</summary>
        public IEnumerable<(List<PolicyNode> Sources, List<PolicyNode> Destinations)> Rectangles() => _pairs.Count == 0
            ? [([], [])]
            : _pairs
                .GroupBy(pair => string.Join(' ', pair.Value.Select(source => source.Nodes is [var first, ..] ? first.Index : -1)), StringComparer.Ordinal)
                .Select(same => (
                    same.First().Value.SelectMany(source => source.Nodes).ToList(),
                    same.Where(pair => pair.Key.IsNode).SelectMany(pair => pair.Key.Nodes).ToList()));
    }
}
