using System.Net;
using System.Text.Json;
using MeshControl.Policy.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Conformance;

/// <summary>What a client tells of a peer that asks it something: the capabilities that its filter grants the peer on the node itself.</summary>
internal static class Whois
{
    /// <returns>Canonical JSON; values of the same capability one after the other, in the order of the rules.</returns>
    public static string CapabilitiesOf(JsonElement filter, CaseNode peer, CaseNode self)
    {
        var found = new SortedDictionary<string, List<JsonElement>?>(StringComparer.Ordinal);
        foreach (var rule in filter.EnumerateArray())
        {
            var sources = rule.GetProperty("SrcIPs").EnumerateArray().Select(source => source.GetString()!).ToList();
            if (rule.TryGetProperty("CapGrant", out var grants) && new IpSet(sources).Contains(peer.Node.IPv4!))
            {
                Collect(grants, self.Node.IPv4!, found);
            }
        }

        return "{" + string.Join(',', found.Select(capability => JsonSerializer.Serialize(capability.Key) + ":"
            + (capability.Value is null ? "null" : "[" + string.Join(',', capability.Value.Select(Canonical.Json)) + "]"))) + "}";
    }

    private static void Collect(JsonElement grants, IPAddress own, SortedDictionary<string, List<JsonElement>?> found)
    {
        foreach (var grant in grants.EnumerateArray())
        {
            if (!grant.GetProperty("Dsts").EnumerateArray().Any(prefix => IpPrefix.Parse(prefix.GetString()!).Contains(own)))
            {
                continue;
            }

            foreach (var capability in grant.GetProperty("CapMap").EnumerateObject())
            {
                found.TryAdd(capability.Name, null);
                if (capability.Value.ValueKind == JsonValueKind.Array && capability.Value.GetArrayLength() > 0)
                {
                    (found[capability.Name] ??= []).AddRange(capability.Value.EnumerateArray());
                }
            }
        }
    }
}
