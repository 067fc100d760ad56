using System.Globalization;
using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.ApiKeys;

/// <summary>API keys as they are shown.</summary>
internal static class ApiKeyView
{
    /// <param name="now">Decides what has expired.</param>
    public static IReadOnlyList<Column<ApiKey>> Columns(DateTimeOffset now) =>
    [
        new("ID", key => key.Id.ToString(CultureInfo.InvariantCulture)),
        new("Prefix", key => $"{key.Prefix}…"),
        new("Expiration", key => TimeText.ShowEnd(key.Expiration, now)),
        new("Created", key => TimeText.Show(key.CreatedAt)),
    ];

    public static JsonObject ToJson(ApiKey key) => new()
    {
        ["id"] = key.Id,
        ["prefix"] = key.Prefix,
        ["expiration"] = TimeText.ToJson(key.Expiration),
        ["created_at"] = TimeText.ToJson(key.CreatedAt),
    };
}
