using System.Globalization;
using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Output;
using MeshControl.Cli.Users;

namespace MeshControl.Cli.PreAuthKeys;

/// <summary>Pre-auth keys as they are shown.</summary>
internal static class PreAuthKeyView
{
    /// <param name="now">Decides what has expired.</param>
    public static IReadOnlyList<Column<PreAuthKey>> Columns(DateTimeOffset now) =>
    [
        new("ID", key => key.Id.ToString(CultureInfo.InvariantCulture)),
        new("Key/Prefix", key => $"{key.Prefix}…"),
        new("Reusable", key => key.Reusable ? "true" : "false"),
        new("Ephemeral", key => key.Ephemeral ? "true" : "false"),
        new("Used", key => key.Used ? "true" : "false"),
        new("Expiration", key => TimeText.ShowEnd(key.Expiration, now)),
        new("Created", key => TimeText.Show(key.CreatedAt), Rank: 1),
        new("Owner", key => key.Tags.Count > 0 ? string.Join(", ", key.Tags) : key.User?.Name ?? ""),
    ];

    public static JsonObject ToJson(PreAuthKey key) => new()
    {
        ["user"] = key.User is null ? null : UserView.ToJson(key.User),
        ["id"] = key.Id,
        ["prefix"] = key.Prefix,
        ["reusable"] = key.Reusable,
        ["ephemeral"] = key.Ephemeral,
        ["preapproved"] = key.Preapproved,
        ["used"] = key.Used,
        ["expiration"] = TimeText.ToJson(key.Expiration),
        ["created_at"] = TimeText.ToJson(key.CreatedAt),
        ["acl_tags"] = new JsonArray([.. key.Tags.Select(tag => JsonValue.Create(tag))]),
    };
}
