using System.Text.Json;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Conformance;

/// <summary>What stands in a case about a node, with what it leaves out filled in.</summary>
internal static class ExpectedNode
{
    public static NodeView Peer(JsonElement entry, CaseNode peer) => View(entry, peer, entry.TryGetProperty("CapMap", out var own) ? Canonical.Json(own) : "{}");

    public static NodeView Self(JsonElement expected, CaseNode node, ConformanceCase captured)
    {
        var self = expected.TryGetProperty("self", out var entry) ? entry : default;
        var given = CorpusAttributes.Given(captured);
        if (CorpusAttributes.RoleOf(node, captured.World) is { } role && Corpus.Constants.AttributesByRole.TryGetValue(role, out var byRole))
        {
            CorpusAttributes.Add(given, byRole);
        }

        if (self.ValueKind == JsonValueKind.Object && self.TryGetProperty("CapMap", out var own))
        {
            CorpusAttributes.Add(given, own);
        }

        return View(self, node, CorpusAttributes.Text(given));
    }

    private static NodeView View(JsonElement entry, CaseNode node, string attributes)
    {
        var addresses = Set(entry, "Addresses")
            ?? Canonical.Prefixes([IpPrefix.Single(node.Node.IPv4!), IpPrefix.Single(node.Node.IPv6!)]);
        return new NodeView(node.Name, addresses, Set(entry, "AllowedIPs") ?? addresses, Set(entry, "PrimaryRoutes") ?? "", attributes);
    }

    private static string? Set(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var list) ? Canonical.Prefixes(list) : null;
}
