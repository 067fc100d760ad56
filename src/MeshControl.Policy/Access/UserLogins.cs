using MeshControl.Policy.World;

namespace MeshControl.Policy.Access;

/// <summary>What a policy may call a user.</summary>
internal static class UserLogins
{
    /// <summary>The e-mail address, <c>name@</c> for those who have none, and a name that is an address itself.</summary>
    public static IEnumerable<string> Of(PolicyUser user)
    {
        if (user.Email is { } email)
        {
            yield return email;
        }

        yield return user.Name + "@";
        // A name with nothing behind its @ would be the one that another user is called by.
        if (user.Name.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at && at < user.Name.Length - 1 && user.Name != user.Email)
        {
            yield return user.Name;
        }
    }
}
