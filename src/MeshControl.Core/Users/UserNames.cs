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
        const string Rule = "it needs 2 to 255 characters, a letter first, then letters, digits, '-', '.', '_' and at most one '@'";
        return name.Length is < 2 or > MaxLength
            || !char.IsLetter(name[0])
            || name.Any(character => !char.IsLetterOrDigit(character) && character is not ('-' or '.' or '_' or '@'))
            || name.Count(character => character == '@') > 1
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

    public static CoreError Unknown(string selector) =>
        CoreError.NotFound($"There is no user \"{selector}\" by name, id or e-mail; `meshctl users list` shows them.");
}
