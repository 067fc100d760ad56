using System.Text.Json;

namespace MeshControl.ClientTests.Clients;

/// <summary>Reads what <c>tailscale debug netmap</c> prints.</summary>
internal static class NetmapReader
{
    /// <returns>The client itself first, then its peers.</returns>
    public static IReadOnlyList<NetmapNode> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var peers = root.GetProperty("Peers");
        return
        [
            ReadNode(root.GetProperty("SelfNode")),
            .. peers.ValueKind == JsonValueKind.Null ? [] : peers.EnumerateArray().Select(ReadNode),
        ];
    }

    private static NetmapNode ReadNode(JsonElement node) => new(
        node.GetProperty("ID").GetInt64(),
        node.GetProperty("Name").GetString()!,
        node.GetProperty("Key").GetString()!,
        [.. node.GetProperty("Addresses").EnumerateArray().Select(address => address.GetString()!.Split('/')[0])],
        node.TryGetProperty("Online", out var online) && online.ValueKind != JsonValueKind.Null ? online.GetBoolean() : null)
    {
        Tags = node.TryGetProperty("Tags", out var tags) ? [.. tags.EnumerateArray().Select(tag => tag.GetString()!)] : [],
    };
}
