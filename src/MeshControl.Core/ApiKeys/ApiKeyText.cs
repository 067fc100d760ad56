using System.Security.Cryptography;

namespace MeshControl.Core.ApiKeys;

/// <summary>
/// The text of an API key: <c>mckey-api-</c>, 12 characters to find it by, a hyphen, and 256 random bits in hex.
/// </summary>
public static class ApiKeyText
{
    public const string Scheme = "mckey-api-";

    /// <summary>Characters of a whole key.</summary>
    public const int Length = 10 + PrefixLength + 1 + (2 * SecretBytes);

    private const int PrefixLength = 12;
    private const int SecretBytes = 32;

    /// <summary>Makes a new key.</summary>
    /// <returns>The public beginning without the scheme, and the whole text, which is shown once and never kept.</returns>
    public static (string Prefix, string Text) Generate()
    {
        var prefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PrefixLength / 2));
        return (prefix, $"{Scheme}{prefix}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes))}");
    }

    /// <summary>The public beginning of what may be a whole key; null when it has not the form of one.</summary>
    public static string? PrefixOf(string text) =>
        text.Length == Length && text.StartsWith(Scheme, StringComparison.Ordinal) && text[Scheme.Length + PrefixLength] == '-'
            ? text.Substring(Scheme.Length, PrefixLength)
            : null;

    /// <summary>
    /// What somebody names a key by: its beginning as lists show it, with or without the scheme. The dots behind it do not matter, and
    /// neither does the rest of the key.
    /// </summary>
    public static string NormalisePrefix(string text)
    {
        var bare = text.Trim().TrimEnd('…', '.', '*');
        bare = bare.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? bare[Scheme.Length..] : bare;
        return bare.Split('-', 2)[0].ToLowerInvariant();
    }
}
