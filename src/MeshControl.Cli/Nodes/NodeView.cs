using System.Globalization;
using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Output;
using MeshControl.Cli.Users;
using MeshControl.Protocol.Keys;

namespace MeshControl.Cli.Nodes;

/// <summary>Nodes as they are shown.</summary>
internal static class NodeView
{
    /// <summary>Stands where the user would stand: a tagged node belongs to nobody.</summary>
    private const string TaggedOwner = "tagged-devices";

    /// <param name="now">Decides what has expired.</param>
    public static IReadOnlyList<Column<Node>> Columns(DateTimeOffset now) =>
    [
        new("ID", node => node.Id.ToString(CultureInfo.InvariantCulture)),
        new("Hostname", node => node.Hostname),
        new("Name", node => node.GivenName),
        new("MachineKey", node => Shorten<MachinePublicKey>(node.MachineKey), Rank: 5),
        new("NodeKey", node => Shorten<NodePublicKey>(node.NodeKey), Rank: 4),
        new("User", node => node.User is null ? TaggedOwner : node.User.Name),
        new("Tags", node => string.Join(", ", node.Tags)),
        new("IP addresses", node => string.Join(", ", node.IpAddresses)),
        new("Ephemeral", node => node.Ephemeral ? "true" : "false", Rank: 3),
        new("Last seen", node => TimeText.Show(node.LastSeen), Rank: 2),
        new("Expiration", node => TimeText.ShowEnd(node.Expiry, now), Rank: 1),
        new("Connected", node => node.NeedsApproval ? new Cell("needs approval", Tint.Bad)
            : node.Online ? new Cell("online", Tint.Good)
            : new Cell("offline", Tint.Bad)),
        new("Expired", node => TimeText.HasPassed(node.Expiry, now) ? new Cell("yes", Tint.Bad) : new Cell("no", Tint.Good)),
    ];

    public static JsonNode ToJson(Node node) => new JsonObject
    {
        ["id"] = node.Id,
        ["machine_key"] = node.MachineKey,
        ["node_key"] = node.NodeKey,
        ["disco_key"] = node.DiscoKey,
        ["ip_addresses"] = new JsonArray([.. node.IpAddresses.Select(address => JsonValue.Create(address))]),
        ["name"] = node.Hostname,
        ["given_name"] = node.GivenName,
        ["user"] = node.User is null ? null : UserView.ToJson(node.User),
        ["tags"] = new JsonArray([.. node.Tags.Select(tag => JsonValue.Create(tag))]),
        ["ephemeral"] = node.Ephemeral,
        ["online"] = node.Online,
        ["last_seen"] = TimeText.ToJson(node.LastSeen),
        ["expiry"] = TimeText.ToJson(node.Expiry),
        ["created_at"] = TimeText.ToJson(node.CreatedAt),
        ["register_method"] = Name(node.RegisterMethod),
        ["pre_auth_key_id"] = node.PreAuthKeyId == 0 ? null : node.PreAuthKeyId,
        ["needs_approval"] = node.NeedsApproval,
    };

    /// <summary>As clients print keys; a key of another kind as it is.</summary>
    private static string Shorten<TKey>(string text)
        where TKey : struct, IPublicKey<TKey> =>
        KeyText.TryParse<TKey>(text, out var key) ? KeyText.FormatShort(key) : text;

    private static string Name(RegisterMethod method) => method switch
    {
        RegisterMethod.AuthKey => "REGISTER_METHOD_AUTH_KEY",
        RegisterMethod.Cli => "REGISTER_METHOD_CLI",
        RegisterMethod.Oidc => "REGISTER_METHOD_OIDC",
        _ => "REGISTER_METHOD_UNSPECIFIED",
    };
}
