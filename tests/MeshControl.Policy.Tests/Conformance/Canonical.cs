using System.Globalization;
using System.Text.Json;
using MeshControl.Policy.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Conformance;

/// <summary>
/// What nodes receive as text in which everything that does not count is left out or sorted: two that compare equal by the rules
/// of the corpus are the same text, and where they differ a person sees it.
/// </summary>
internal static class Canonical
{
    /// <summary>The JSON with sorted members and without white space.</summary>
    public static string Json(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', value.EnumerateObject()
            .OrderBy(member => member.Name, StringComparer.Ordinal)
            .Select(member => $"{JsonSerializer.Serialize(member.Name)}:{Json(member.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(',', value.EnumerateArray().Select(Json)) + "]",
        JsonValueKind.String => JsonSerializer.Serialize(value.GetString()),
        _ => value.GetRawText(),
    };

    /// <summary>Packet filter rules, in order: sources as address sets, destinations as multisets of texts, capabilities as JSON.</summary>
    public static IReadOnlyList<string> Filter(JsonElement rules, bool exactSources = false) =>
    [
        .. rules.EnumerateArray().Select(rule => string.Join(" | ",
            "from " + (exactSources ? Sorted(Strings(rule, "SrcIPs")) : new IpSet(Strings(rule, "SrcIPs"))),
            "to " + Sorted(Items(rule, "DstPorts").Select(Destination)),
            "by " + Sorted(Items(rule, "IPProto").Select(number => number.GetRawText()).Distinct()),
            "may " + string.Join(" and ", Items(rule, "CapGrant").Select(Grant)))),
    ];

    /// <summary>SSH rules, in order: principals as multisets, the server that is asked left out.</summary>
    public static IReadOnlyList<string> Ssh(JsonElement rules) =>
    [
        .. rules.EnumerateArray().Select(rule => string.Join(" | ",
            "from " + Sorted(Items(rule, "principals").Select(principal => principal.GetProperty("nodeIP").GetString()!)),
            "as " + (rule.TryGetProperty("sshUsers", out var users) ? Json(users) : "{}"),
            "then " + Action(rule.GetProperty("action")),
            "with " + string.Join(' ', Strings(rule, "acceptEnv").Select(name => JsonSerializer.Serialize(name))))),
    ];

    public static string Prefixes(JsonElement prefixes) => Sorted(prefixes.EnumerateArray().Select(prefix => prefix.GetString()!).Distinct());

    public static string Prefixes(IEnumerable<IpPrefix> prefixes) => Sorted(prefixes.Select(prefix => prefix.ToString()).Distinct());

    private static string Destination(JsonElement entry)
    {
        var ports = entry.GetProperty("Ports");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{entry.GetProperty("IP").GetString()}:{ports.GetProperty("First").GetInt32()}-{ports.GetProperty("Last").GetInt32()}");
    }

    private static string Grant(JsonElement grant) =>
        $"on {Sorted(Strings(grant, "Dsts").Distinct())}: {(grant.TryGetProperty("CapMap", out var capabilities) ? Json(capabilities) : "{}")}";

    private static string Action(JsonElement action) => string.Join(' ', action.EnumerateObject()
        .OrderBy(member => member.Name, StringComparer.Ordinal)
        .Select(member => member.Name == "holdAndDelegate"
            ? $"{member.Name}={new Uri(member.Value.GetString()!).PathAndQuery}"
            : $"{member.Name}={Json(member.Value)}"));

    private static IEnumerable<JsonElement> Items(JsonElement value, string name) =>
        value.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private static IEnumerable<string> Strings(JsonElement value, string name) => Items(value, name).Select(item => item.GetString()!);

    private static string Sorted(IEnumerable<string> items) => string.Join(' ', items.Order(StringComparer.Ordinal));
}
