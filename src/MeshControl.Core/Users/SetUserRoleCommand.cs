using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.World;

namespace MeshControl.Core.Users;

/// <summary>Gives a user another role. A tailnet has one owner at most: who was it so far becomes an admin.</summary>
/// <param name="id">Who.</param>
/// <param name="role">The new role.</param>
public sealed class SetUserRoleCommand(UserId id, UserRole role) : TailnetCommand<User>
{
    /// <returns>The user as it is now.</returns>
    protected override Result<User> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.Users.TryGetValue(id, out var user))
        {
            return UserNames.Unknown(id.ToString());
        }

        if (UserRoles.Check(role) is { } unknown)
        {
            return unknown;
        }

        if (user.Role == role)
        {
            return user;
        }

        UserRoles.MakeRoomFor(draft, role);
        user = user with { Role = role };
        draft.Put(user);
        return user;
    }
}
