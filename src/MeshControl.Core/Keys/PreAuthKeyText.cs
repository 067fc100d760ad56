using System.Security.Cryptography;

namespace MeshControl.Core.Keys;

/// <summary>
/// The text of a pre-auth key: <c>mckey-auth-</c>, 12 characters to recognise it by, a hyphen, and 256 random bits in hex.
/// Opaque to clients.
/// </summary>
public static class PreAuthKeyText
{
    public const string Scheme = "mckey-auth-";

    private const int PrefixBytes = 6;
    private const int SecretBytes = 32;

    /// <summary>Makes a new key.</summary>
    /// <returns>The public beginning without the scheme, and the whole text, which is shown once and never kept.</returns>
    public static (string Prefix, string Text) Generate()
    {
        var prefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PrefixBytes));
        return (prefix, $"{Scheme}{prefix}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes))}");
    }
}
