using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Users;

/// <summary>
/// Removes a user who owns no nodes. The user's pre-auth keys go, too, those with tags as well: nobody should join by the key of
/// somebody who is gone.
/// </summary>
public sealed class DeleteUserCommand(UserId id) : TailnetCommand<User>
{
    /// <summary>Names in the refusal: enough to recognise them, not a page full.</summary>
    private const int NamesShown = 3;

    /// <returns>Who was removed.</returns>
    protected override Result<User> Decide(TailnetDraft draft)
    {
        var snapshot = draft.Snapshot;
        if (!snapshot.Users.TryGetValue(id, out var user))
        {
            return UserNames.Unknown(id.ToString());
        }

        var nodes = snapshot.Nodes.Where(entry => entry.Node.Owner == id).OrderBy(entry => entry.Id.Value).ToArray();
        if (nodes.Length > 0)
        {
            var names = string.Join(", ", nodes.Take(NamesShown).Select(entry => entry.Node.GivenName));
            return CoreError.Refused(
                $"The user \"{user.Name}\" still owns {(nodes.Length == 1 ? "a node" : $"{nodes.Length} nodes")} "
                + $"({names}{(nodes.Length > NamesShown ? ", …" : "")}); delete or tag what the user owns first.");
        }

        foreach (var key in snapshot.PreAuthKeys.Values.Where(key => key.Owner == id))
        {
            draft.Remove(key);
        }

        draft.Remove(user);
        return user;
    }
}
