using System.Text.Json;

namespace MeshControl.ClientTests.Clients;

/// <summary>What <c>tailscale status --json</c> says.</summary>
/// <param name="State">Such as <c>Running</c> or <c>NeedsLogin</c>.</param>
internal sealed record ClientStatus(string State, PeerStatus? Self, IReadOnlyList<PeerStatus> Peers, IReadOnlyList<string> Health)
{
    public bool IsRunning => State == "Running";

    public static ClientStatus Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var logins = (TryGet(root, "User")?.EnumerateObject() ?? default).ToDictionary(
            user => user.Name, user => user.Value.GetProperty("LoginName").GetString()!);
        return new ClientStatus(
            root.GetProperty("BackendState").GetString()!,
            TryGet(root, "Self") is { } self ? ReadNode(self, logins) : null,
            TryGet(root, "Peer") is { } peers ? [.. peers.EnumerateObject().Select(peer => ReadNode(peer.Value, logins))] : [],
            TryGet(root, "Health") is { } health ? [.. health.EnumerateArray().Select(line => line.GetString()!)] : []);
    }

    /// <returns>Null when there is no such node.</returns>
    public PeerStatus? Peer(string name) => Peers.FirstOrDefault(peer => peer.Name == name);

    public override string ToString() =>
        $"{State}, {Self?.Name ?? "nobody"}; sees {string.Join(", ", Peers.Select(peer => $"{peer.Name} {(peer.Online ? "online" : "offline")}"))}; "
        + string.Join(' ', Health);

    private static PeerStatus ReadNode(JsonElement node, Dictionary<string, string> logins) => new(
        node.GetProperty("ID").GetString()!,
        node.GetProperty("DNSName").GetString()!,
        TryGet(node, "TailscaleIPs") is { } addresses ? [.. addresses.EnumerateArray().Select(address => address.GetString()!)] : [],
        node.GetProperty("Online").GetBoolean(),
        TryGet(node, "Expired")?.GetBoolean() ?? false,
        logins.GetValueOrDefault(node.GetProperty("UserID").GetRawText()),
        TryGet(node, "Relay")?.GetString() ?? "")
    {
        CurrentAddress = TryGet(node, "CurAddr")?.GetString() ?? "",
        HostName = node.GetProperty("HostName").GetString()!,
        Capabilities = TryGet(node, "CapMap") is { } capabilities ? [.. capabilities.EnumerateObject().Select(member => member.Name)] : [],
        Tags = TryGet(node, "Tags") is { } tags ? [.. tags.EnumerateArray().Select(tag => tag.GetString()!)] : [],
        KeyExpiry = TryGet(node, "KeyExpiry")?.GetDateTimeOffset(),
    };

    /// <summary>Clients write <c>null</c> for lists that they do not have.</summary>
    private static JsonElement? TryGet(JsonElement value, string name) =>
        value.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;
}
