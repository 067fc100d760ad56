using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace MeshControl.Core.Logins;

/// <summary>
/// The text that names a pending login, or a check of a connection: <c>mckey-authreq-</c> and 128 random bits in hex. Whoever has it can look
/// at its page; to approve it takes an identity besides.
/// </summary>
public static class AuthId
{
    public const string Scheme = "mckey-authreq-";

    /// <summary>The path of login pages, before the id.</summary>
    public const string PagePath = "/register/";

    /// <summary>The path of the pages of checks, before the id.</summary>
    public const string CheckPagePath = "/auth/";

    /// <summary>Characters of a whole id.</summary>
    public const int Length = 14 + (2 * RandomBytes);

    private const int RandomBytes = 16;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    public static string Generate() => Scheme + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Reads what somebody names a login or a check by: its id, or the URL of its page.</summary>
    /// <returns>False for a text that is neither; whether there is such a login is another question.</returns>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? id)
    {
        id = text.Trim();
        if (TryReadPage(id, out var ofPage) || TryReadPage(id, CheckPagePath, out ofPage))
        {
            id = ofPage;
        }

        return id.Length == Length
            && id.StartsWith(Scheme, StringComparison.Ordinal)
            && id.AsSpan(Scheme.Length).IndexOfAnyExcept(Hex) < 0;
    }

    /// <summary>Reads the URL of a login page, perhaps of another server, which had ids of another form.</summary>
    public static bool TryReadPage(string url, [NotNullWhen(true)] out string? id) => TryReadPage(url, PagePath, out id);

    private static bool TryReadPage(string url, string path, [NotNullWhen(true)] out string? id)
    {
        id = Uri.TryCreate(url, UriKind.Absolute, out var page) && page.Scheme is "http" or "https"
            && page.AbsolutePath.StartsWith(path, StringComparison.Ordinal)
                ? page.AbsolutePath[path.Length..]
                : "";
        return id.Length > 0 && !id.Contains('/', StringComparison.Ordinal);
    }
}
