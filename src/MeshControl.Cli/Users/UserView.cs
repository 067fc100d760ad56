using System.Globalization;
using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Users;

/// <summary>Users as they are shown.</summary>
internal static class UserView
{
    public static IReadOnlyList<Column<User>> Columns { get; } =
    [
        new("ID", user => user.Id.ToString(CultureInfo.InvariantCulture)),
        new("Name", user => user.DisplayName),
        new("Username", user => user.Name),
        new("Email", user => user.Email),
        new("Role", user => UserRoles.NameOf(user.Role), Rank: 1),
        new("Created", user => TimeText.Show(user.CreatedAt)),
    ];

    public static JsonNode ToJson(User user) => new JsonObject
    {
        ["id"] = user.Id,
        ["name"] = user.Name,
        ["created_at"] = TimeText.ToJson(user.CreatedAt),
        ["display_name"] = user.DisplayName,
        ["email"] = user.Email,
        ["provider_id"] = user.ProviderId,
        ["provider"] = user.Provider,
        ["profile_pic_url"] = user.ProfilePicUrl,
        ["role"] = UserRoles.NameOf(user.Role),
    };
}
