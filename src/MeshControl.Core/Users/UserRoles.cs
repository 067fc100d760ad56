using System.Collections.Immutable;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.World;

namespace MeshControl.Core.Users;

/// <summary>The names of roles, and who has which.</summary>
public static class UserRoles
{
    /// <summary>Each role and what people and policies call it, the mightiest first.</summary>
    public static readonly ImmutableArray<(UserRole Role, string Name)> All =
    [
        (UserRole.Owner, "owner"),
        (UserRole.Admin, "admin"),
        (UserRole.NetworkAdmin, "network-admin"),
        (UserRole.ItAdmin, "it-admin"),
        (UserRole.BillingAdmin, "billing-admin"),
        (UserRole.Auditor, "auditor"),
        (UserRole.Member, "member"),
    ];

    private static string Names => string.Join(", ", All.Select(entry => entry.Name));

    /// <summary>For instance <c>network-admin</c>.</summary>
    public static string NameOf(UserRole role) => All.First(entry => entry.Role == role).Name;

    /// <summary>A role by its name, whatever its case; or one sentence that lists the names.</summary>
    public static Result<UserRole> Parse(string text)
    {
        var name = text.Trim();
        foreach (var (role, known) in All)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return role;
            }
        }

        return CoreError.Invalid($"\"{text}\" is not a role; it has to be one of {Names}.");
    }

    /// <summary>The role as it is stored.</summary>
    public static int NumberOf(User user) => (int)user.Role;

    /// <summary>The user with the role that was stored as a number.</summary>
    /// <exception cref="InvalidDataException">There is no such role.</exception>
    public static User WithNumber(int number, User user) => Enum.IsDefined((UserRole)number)
        ? user with { Role = (UserRole)number }
        : throw new InvalidDataException($"there is no role {number}");

    /// <summary>Null when there is such a role, which a database could not tell from any other number; else the refusal.</summary>
    internal static CoreError? Check(UserRole role) =>
        Enum.IsDefined(role) ? null : CoreError.Invalid($"There is no role {(int)role}; it has to be one of {Names}.");

    /// <summary>The role of a new user for whom nobody chose one: somebody has to own a tailnet, and that is whoever comes first.</summary>
    internal static UserRole Default(TailnetSnapshot snapshot) => snapshot.Users.IsEmpty ? UserRole.Owner : UserRole.Member;

    /// <summary>Before somebody gets the role: the owner so far becomes an admin if it is to be that of another one.</summary>
    internal static void MakeRoomFor(TailnetDraft draft, UserRole role)
    {
        if (role != UserRole.Owner)
        {
            return;
        }

        foreach (var owner in draft.Snapshot.Users.Values.Where(user => user.Role == UserRole.Owner).ToArray())
        {
            draft.Put(owner with { Role = UserRole.Admin });
        }
    }
}
