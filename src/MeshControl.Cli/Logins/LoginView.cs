using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Output;
using MeshControl.Cli.Users;
using MeshControl.Protocol.Keys;

namespace MeshControl.Cli.Logins;

/// <summary>Pending logins as they are shown.</summary>
internal static class LoginView
{
    public static IReadOnlyList<Column<PendingLogin>> Columns { get; } =
    [
        new("Auth ID", login => login.AuthId),
        new("Hostname", login => login.Hostname),
        new("OS", login => login.Os, Rank: 3),
        new("MachineKey", login => KeyText.TryParse<MachinePublicKey>(login.MachineKey, out var key) ? KeyText.FormatShort(key) : login.MachineKey, Rank: 5),
        new("Address", login => login.Address, Rank: 2),
        new("User", login => login.User?.Name ?? ""),
        new("Tags", login => string.Join(", ", login.Tags)),
        new("Asked", login => TimeText.Show(login.CreatedAt), Rank: 4),
        new("Expiration", login => TimeText.Show(login.ExpiresAt), Rank: 1),
    ];

    /// <summary>What came of a login, and what is still to be done.</summary>
    /// <param name="node">The node that it made, or belongs to.</param>
    /// <param name="done">What was done to it, as a word.</param>
    public static string Describe(Node node, string done) => node.NeedsApproval
        ? $"Node {node.GivenName} {done}; it waits for approval: meshctl nodes approve --identifier {node.Id}"
        : $"Node {node.GivenName} {done}";

    public static JsonNode ToJson(PendingLogin login) => new JsonObject
    {
        ["auth_id"] = login.AuthId,
        ["name"] = login.Hostname,
        ["os"] = login.Os,
        ["tags"] = new JsonArray([.. login.Tags.Select(tag => JsonValue.Create(tag))]),
        ["machine_key"] = login.MachineKey,
        ["address"] = login.Address,
        ["user"] = login.User is null ? null : UserView.ToJson(login.User),
        ["created_at"] = TimeText.ToJson(login.CreatedAt),
        ["expiry"] = TimeText.ToJson(login.ExpiresAt),
    };
}
