using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Testing;

/// <summary>
/// <c>tests</c>: who must, and who must not, reach which ports. Looked up in the policy as a whole, without regard to which node would have to
/// let it in; grants that go through routers do not count.
/// </summary>
internal static class AccessTests
{
    private static readonly ImmutableArray<IpPrefix> PublicAddresses =
        [.. PublicAddressSpace.Ranges.SelectMany(range => AddressRanges.ToPrefixes(range.First, range.Last))];

    /// <returns>One sentence for each assertion that does not hold, or for what keeps the entry from saying anything.</returns>
    public static IEnumerable<string> Failures(TestWorld plainWorld, AccessTest test)
    {
        var policy = plainWorld.Access.Policy;
        if (!AliasReader.TryRead(test.Source, policy, out var source, out _))
        {
            return [test.Source.Trim().Length == 0 ? "It names no src." : $"The src {test.Source} is nothing that the policy knows."];
        }

        if (test.Accept.IsEmpty && test.Deny.IsEmpty)
        {
            return ["It says neither what to accept nor what to deny."];
        }

        int? protocol = null;
        if (test.Protocol is { } name && !string.IsNullOrWhiteSpace(name))
        {
            if (!IpProtocols.TryParse(name.Trim(), out var number) || !IpProtocols.HasPorts(number))
            {
                return [$"The proto {name} is not tcp, udp or sctp."];
            }

            protocol = number;
        }

        var world = plainWorld.WithAttributes(plainWorld.NodesOf(source), test.SourceAttributes);
        var sources = world.AddressesOf(source).ToArray();
        if (sources.Length == 0)
        {
            return [$"The src {source} has no address."];
        }

        return
        [
            .. test.Accept.Select(text => Check(world, test.Source, sources, text, protocol, accept: true)).OfType<string>(),
            .. test.Deny.Select(text => Check(world, test.Source, sources, text, protocol, accept: false)).OfType<string>(),
        ];
    }

    /// <summary>
    /// To be accepted every address of the source has to get through. To be denied none may: one that does is a hole, however
    /// many do not.
    /// </summary>
    private static string? Check(TestWorld world, string source, TestAddress[] sources, string text, int? protocol, bool accept)
    {
        if (!TestDestination.TryParse(text, world.Access.Policy, out var destination, out var problem))
        {
            return problem;
        }

        // Large tailnets have very many pairs of addresses; what does not depend on the source is found once.
        var isSelf = destination.Alias is AutogroupAlias { Group: Autogroup.Self };
        TestAddress[] shared = isSelf ? [] : [.. world.AddressesOf(destination.Alias)];
        var reached = new Dictionary<RuleTemplate, bool>();
        foreach (var address in sources)
        {
            var targets = isSelf ? OwnAddresses(world, address) : shared;
            if (targets.Length == 0)
            {
                return $"{text} has no address.";
            }

            var rule = world.Access.Compiled.Rules.FirstOrDefault(rule =>
                rule.Capabilities is null
                && !rule.HasVia
                && AllowsProtocol(rule.Protocol, protocol)
                && IsSource(world, rule, address)
                && Reaches(rule, address, targets));
            if (accept && rule is null)
            {
                return $"{source} cannot reach {text}{By(protocol)}: no rule lets {Text(address)} in.";
            }

            if (!accept && rule is not null)
            {
                return $"{source} can reach {text}{By(protocol)}: {Text(rule.Origin)} lets {Text(address)} in.";
            }
        }

        return null;

        bool Reaches(RuleTemplate rule, TestAddress from, TestAddress[] targets)
        {
            if (isSelf || rule.WithinOwner)
            {
                return IsDestination(world, rule, from, targets, destination.Port);
            }

            if (!reached.TryGetValue(rule, out var answer))
            {
                answer = IsDestination(world, rule, from, targets, destination.Port);
                reached.Add(rule, answer);
            }

            return answer;
        }
    }

    private static TestAddress[] OwnAddresses(TestWorld world, TestAddress source) =>
        source.Node?.Owner is { } owner ? [.. world.NodesOfOwner(owner).SelectMany(TestWorld.AddressesOf)] : [];

    private static bool IsDestination(TestWorld world, RuleTemplate rule, TestAddress source, TestAddress[] targets, ushort port) =>
        rule.Targets.Any(target =>
            target.Ports.Any(range => range.First <= port && port <= range.Last)
            && targets.Any(address => IsTarget(world, target, source, address)));

    /// <summary>A test without a protocol asks for either of the two that almost everything runs on.</summary>
    private static bool AllowsProtocol(int? allowed, int? asked) =>
        allowed is null || (asked is null ? allowed is IpProtocols.Tcp or IpProtocols.Udp : allowed == asked);

    private static bool IsSource(TestWorld world, RuleTemplate rule, TestAddress address)
    {
        if (rule.WithinOwner && address.Node?.Owner is null)
        {
            return false;
        }

        var sources = rule.Sources;
        return sources.DangerAll
            || (sources.Wildcard && IsOfTailnet(world, address.Prefix))
            || sources.Prefixes.Any(prefix => prefix.Contains(address.Prefix))
            || (address.Node is { } node && sources.Lists(KeyOf(world, node)));
    }

    private static bool IsTarget(TestWorld world, RuleTarget target, TestAddress source, TestAddress address) => target.Kind switch
    {
        RuleTargetKind.Nodes => address.Node is { } node && KeyOf(world, node).ByNode.Has(target.Selector),
        RuleTargetKind.Addresses or RuleTargetKind.Everything => target.Overlaps(address.Prefix),
        RuleTargetKind.Internet => PublicAddresses.Any(prefix => prefix.Overlaps(address.Prefix)),
        RuleTargetKind.Self => address.Node?.Owner is { } owner && owner == source.Node?.Owner,
        _ => false,
    };

    private static bool IsOfTailnet(TestWorld world, IpPrefix prefix) =>
        world.AddressesOf(new WildcardAlias()).Any(known => known.Prefix.Contains(prefix));

    private static ClassKey KeyOf(TestWorld world, PolicyNode node) => world.Access.CellAt(node.Index)!.Key;

    private static string By(int? protocol) => protocol is { } number ? $" by {IpProtocols.NameOf(number)}" : "";

    private static string Text(TestAddress address) => FilterText.Of(address.Prefix);

    private static string Text(RuleOrigin origin) => origin.Section.Length == 0
        ? "a policy without acls and grants"
        : FormattableString.Invariant($"{origin.Section}[{origin.Entry}] (line {origin.Position.Line})");
}
