using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeshControl.Core.Maps;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Captures;

namespace MeshControl.Core.Tests.Maps;

/// <summary>
/// The DNS configuration that the real service's clients received with each captured policy, against ours for the same settings: policies have
/// no part in it. What the service says of its own domain has no counterpart here and is left out.
/// </summary>
public sealed class DnsConformanceTests
{
    /// <summary>Under it lie all tailnets of the service; it answers for them by resolvers of its own.</summary>
    private const string ServiceDomain = "ts.net.";

    public static TheoryData<string> Cases => [.. PolicyCases.Files()];

    /// <summary>Statement 7 of the cases' README.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Dns_OfEveryNode_FollowsFromTheSettingsAlone(string file)
    {
        var captured = PolicyCases.Load(file);
        if (!captured.TryGetProperty("expected", out var expected))
        {
            return;
        }

        var settings = captured.TryGetProperty("tailnet", out var tailnet) ? tailnet : PolicyCases.Constants.GetProperty("tailnetDefault");
        var ours = OnTheWire(DnsConfigs.For(Make.Settings() with
        {
            BaseDomain = PolicyCases.Constants.GetProperty("magicDnsSuffix").GetString()!,
            Dns = Settings(settings.GetProperty("dns")),
        }));
        Assert.All(expected.EnumerateObject(), node =>
        {
            var theirs = node.Value.TryGetProperty("dns", out var own) ? own : PolicyCases.Constants.GetProperty("dnsDefault");
            Assert.True(JsonNode.DeepEquals(WithoutTheServices(theirs), WithoutTheServices(ours)), $"{node.Name}: {theirs} is answered by {ours}");
        });
    }

    private static DnsSettings Settings(JsonElement dns) => new()
    {
        MagicDns = dns.GetProperty("magic_dns").GetBoolean(),
        GlobalResolvers = Strings(dns.GetProperty("nameservers")),
        SearchDomains = Strings(dns.GetProperty("search_paths")),
        SplitResolvers = dns.GetProperty("split_dns").EnumerateObject().ToImmutableDictionary(split => split.Name, split => Strings(split.Value)),
    };

    private static ImmutableArray<string> Strings(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];

    private static JsonElement OnTheWire(DnsConfig config)
    {
        using var message = JsonDocument.Parse(ControlJson.SerializeToUtf8Bytes(new MapResponse { DnsConfig = config }));
        return message.RootElement.GetProperty("DNSConfig").Clone();
    }

    /// <summary>Only members that say something, and nothing that is about the service's own domain.</summary>
    private static JsonObject WithoutTheServices(JsonElement dns)
    {
        var copy = JsonNode.Parse(dns.GetRawText())!.AsObject();
        copy.Remove("ExitNodeFilteredSet");
        if (copy["Routes"] is JsonObject routes)
        {
            foreach (var name in routes.Select(route => route.Key).Where(name => name.EndsWith(ServiceDomain, StringComparison.Ordinal)).ToArray())
            {
                routes.Remove(name);
            }
        }

        foreach (var name in copy.Where(member => IsEmpty(member.Value)).Select(member => member.Key).ToArray())
        {
            copy.Remove(name);
        }

        return copy;
    }

    private static bool IsEmpty(JsonNode? value) => value switch
    {
        JsonArray list => list.Count == 0,
        JsonObject map => map.Count == 0,
        JsonValue plain => plain.GetValueKind() == JsonValueKind.False,
        _ => true,
    };
}
