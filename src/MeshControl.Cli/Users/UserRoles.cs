using System.CommandLine.Parsing;
using MeshControl.Admin.V1;

namespace MeshControl.Cli.Users;

/// <summary>Names of roles, as policies have them behind <c>autogroup:</c>.</summary>
internal static class UserRoles
{
    private static readonly Dictionary<string, UserRole> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["member"] = UserRole.Member,
        ["owner"] = UserRole.Owner,
        ["admin"] = UserRole.Admin,
        ["network-admin"] = UserRole.NetworkAdmin,
        ["it-admin"] = UserRole.ItAdmin,
        ["billing-admin"] = UserRole.BillingAdmin,
        ["auditor"] = UserRole.Auditor,
    };

    /// <summary>All of them, for completion.</summary>
    public static string[] Names => [.. ByName.Keys];

    /// <summary>A server that says nothing of roles knows members only.</summary>
    public static string NameOf(UserRole role) => ByName.FirstOrDefault(pair => pair.Value == role).Key ?? "member";

    public static UserRole Parse(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (!ByName.TryGetValue(text, out var role))
        {
            result.AddError($"\"{text}\" is not a role; roles are {string.Join(", ", ByName.Keys)}.");
        }

        return role;
    }
}
