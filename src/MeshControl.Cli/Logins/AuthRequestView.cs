using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Output;
using MeshControl.Cli.Users;
using MeshControl.Protocol.Keys;

namespace MeshControl.Cli.Logins;

/// <summary>What somebody has to decide, as it is shown.</summary>
internal static class AuthRequestView
{
    public static IReadOnlyList<Column<AuthRequest>> Columns { get; } =
    [
        new("Auth ID", request => request.AuthId),
        new("Hostname", request => request.Hostname),
        new("OS", request => request.Login?.Os ?? "", Rank: 3),
        new("MachineKey", request => MachineKey(request.Login), Rank: 5),
        new("Address", request => request.Login?.Address ?? "", Rank: 2),
        new("User", request => request.User?.Name ?? ""),
        new("Tags", request => string.Join(", ", request.Tags)),
        new("SSH", request => request.Ssh),
        new("Asked", request => TimeText.Show(request.CreatedAt), Rank: 4),
        new("Expiration", request => TimeText.Show(request.ExpiresAt), Rank: 1),
    ];

    /// <summary>What came of a login, and what is still to be done.</summary>
    /// <param name="node">The node that it made, or belongs to.</param>
    /// <param name="done">What was done to it, as a word.</param>
    public static string Describe(Node node, string done) => node.NeedsApproval
        ? $"Node {node.GivenName} {done}; it waits for approval: meshctl nodes approve --identifier {node.Id}"
        : $"Node {node.GivenName} {done}";

    /// <summary>The fields of a device for both, and what a check has besides.</summary>
    public static JsonNode ToJson(AuthRequest request) => new JsonObject
    {
        ["auth_id"] = request.AuthId,
        ["name"] = request.Hostname,
        ["os"] = request.Login?.Os ?? "",
        ["tags"] = new JsonArray([.. request.Tags.Select(tag => JsonValue.Create(tag))]),
        ["machine_key"] = request.Login?.MachineKey ?? "",
        ["address"] = request.Login?.Address ?? "",
        ["user"] = request.User is null ? null : UserView.ToJson(request.User),
        ["ssh_check"] = request.Check is null ? null : ToJson(request.Check),
        ["created_at"] = TimeText.ToJson(request.CreatedAt),
        ["expiry"] = TimeText.ToJson(request.ExpiresAt),
    };

    public static JsonObject ToJson(SshCheck check) => new()
    {
        ["source_id"] = check.SourceId,
        ["source_name"] = check.SourceName,
        ["destination_id"] = check.DestinationId,
        ["destination_name"] = check.DestinationName,
        ["local_user"] = check.LocalUser,
    };

    private static string MachineKey(PendingLogin? login) =>
        KeyText.TryParse<MachinePublicKey>(login?.MachineKey, out var key) ? KeyText.FormatShort(key) : login?.MachineKey ?? "";
}
