using System.Net;
using MeshControl.Policy.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Properties;

/// <summary>A packet filter as a client understands it.</summary>
internal sealed class FilterReader(IEnumerable<FilterRule> rules)
{
    private static readonly int[] DefaultProtocols = [6, 17, 1, 58];

    private readonly (IpSet Sources, FilterRule Rule, (IpSet Addresses, PortRange Ports)[] Targets)[] _rules =
        [.. rules.Select(rule => (new IpSet(rule.SrcIps!), rule, (rule.DstPorts ?? []).Select(target => (new IpSet([target.Ip]), target.Ports)).ToArray()))];

    public bool Admits(IPAddress source, IPAddress destination, int protocol, int port) => _rules.Any(rule =>
        (rule.Rule.IpProto?.Contains(protocol) ?? DefaultProtocols.Contains(protocol))
        && rule.Targets.Any(target => target.Ports.First <= port && port <= target.Ports.Last && target.Addresses.Contains(destination))
        && rule.Sources.Contains(source));

    /// <summary>Names of the capabilities that a source has on a node, sorted, each once.</summary>
    public IEnumerable<string> Capabilities(IPAddress source, IPAddress own) => _rules
        .Where(rule => rule.Rule.CapGrant is not null && rule.Sources.Contains(source))
        .SelectMany(rule => rule.Rule.CapGrant!)
        .Where(grant => grant.Dsts!.Any(prefix => prefix.Contains(own)))
        .SelectMany(grant => grant.CapMap!.Keys)
        .Distinct()
        .Order(StringComparer.Ordinal);

    /// <summary>Whether some rule is about sources inside of a route.</summary>
    public bool HasSourcesIn(IpPrefix route) => _rules.Any(rule => rule.Sources.Overlaps(route));

    /// <summary>Whether some rule is about a source, whatever it may do.</summary>
    public bool HasSource(IPAddress source) => _rules.Any(rule => rule.Sources.Contains(source));
}
