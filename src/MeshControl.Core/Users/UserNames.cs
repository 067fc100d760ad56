using System.Globalization;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Users;

/// <summary>What a user may be called, and how one is found by what an administrator types.</summary>
public static class UserNames
{
    /// <summary>Longest name, display name or e-mail address: that of an address on the wire (RFC 5321), rounded.</summary>
    public const int MaxLength = 255;

    public static string Normalise(string text) => text.Trim().ToLowerInvariant();

    public static bool IsEmail(string text) =>
        text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at
        && at == text.LastIndexOf('@') && at < text.Length - 1 && !text.Any(char.IsWhiteSpace);

    /// <summary>Null when the normalised name will do, else one sentence.</summary>
    public static string? Check(string name)
    {
        const string Rule = "it needs 2 to 255 characters, a letter first, then letters, digits, '-', '.', '_' and at most one '@', not at its end";
        return name.Length is < 2 or > MaxLength
            || !char.IsLetter(name[0])
            || name.Any(character => !char.IsLetterOrDigit(character) && character is not ('-' or '.' or '_' or '@'))
            || name.Count(character => character == '@') > 1

            // In policies `name@` is the user without it.
            || name[^1] == '@'
            ? $"\"{name}\" is not a user name: {Rule}."
            : null;
    }

    /// <summary>Finds a user by name, id or e-mail address, in this order.</summary>
    public static Result<User> Find(TailnetSnapshot snapshot, string selector)
    {
        var text = Normalise(selector);
        if (snapshot.TryGetUser(text, out var user))
        {
            return user;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && snapshot.Users.TryGetValue(new UserId(id), out user))
        {
            return user;
        }

        return snapshot.Users.Values.FirstOrDefault(candidate => candidate.Email == text) is { } byEmail
            ? byEmail
            : Unknown(selector);
    }

    /// <summary>
    /// Null when the normalised name is free, else the refusal. Another user's e-mail address is taken too: <see cref="Find"/>, asked
    /// for it, would no longer find that user.
    /// </summary>
    /// <param name="snapshot">The state.</param>
    /// <param name="name">The normalised name.</param>
    /// <param name="self">Who will have it; a user may be called by its own address. Null: a new user.</param>
    internal static CoreError? NameConflict(TailnetSnapshot snapshot, string name, UserId? self)
    {
        if (snapshot.TryGetUser(name, out var user) && user.Id != self)
        {
            return CoreError.AlreadyExists($"A user named \"{name}\" exists already.");
        }

        return snapshot.Users.Values.FirstOrDefault(other => other.Email == name && other.Id != self) is { } owner
            ? CoreError.AlreadyExists($"The name \"{name}\" is the e-mail address of the user \"{owner.Name}\"; choose another one.")
            : null;
    }

    /// <summary>Null when no other user has the normalised address as address or name, else the refusal.</summary>
    internal static CoreError? EmailConflict(TailnetSnapshot snapshot, string address)
    {
        if (snapshot.TryGetUser(address, out _))
        {
            return CoreError.AlreadyExists($"The e-mail address \"{address}\" is the name of another user; rename that user first.");
        }

        return snapshot.Users.Values.FirstOrDefault(other => other.Email == address) is { } owner
            ? CoreError.AlreadyExists($"The e-mail address \"{address}\" belongs to the user \"{owner.Name}\" already.")
            : null;
    }

    public static CoreError Unknown(string selector) =>
        CoreError.NotFound($"There is no user \"{selector}\" by name, id or e-mail; `meshctl users list` shows them.");
}
