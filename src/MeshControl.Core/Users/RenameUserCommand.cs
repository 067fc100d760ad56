using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Users;

/// <summary>Gives a user another name; clients that show the old one are told.</summary>
/// <param name="id">Who.</param>
/// <param name="newName">See <see cref="UserNames"/>.</param>
public sealed class RenameUserCommand(UserId id, string newName) : TailnetCommand<User>
{
    /// <returns>The user as it is now.</returns>
    protected override Result<User> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.Users.TryGetValue(id, out var user))
        {
            return UserNames.Unknown(id.ToString());
        }

        var name = UserNames.Normalise(newName);
        if (UserNames.Check(name) is { } fault)
        {
            return CoreError.Invalid(fault);
        }

        if (name == user.Name)
        {
            return user;
        }

        if (UserNames.NameConflict(draft.Snapshot, name, id) is { } taken)
        {
            return taken;
        }

        user = user with { Name = name };
        draft.Put(user);
        return user;
    }
}
