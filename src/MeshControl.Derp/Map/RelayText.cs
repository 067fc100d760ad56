using System.Net;
using System.Net.Sockets;

namespace MeshControl.Derp.Map;

/// <summary>The texts in a relay map: names of hosts, addresses, names of certificates.</summary>
public static class RelayText
{
    /// <summary>The word for "this relay has no address of the family".</summary>
    public const string NoAddress = "none";

    /// <summary>Begins a <c>CertName</c> that is the hash of a certificate.</summary>
    public const string HashPrefix = "sha256-raw:";

    /// <summary>Of a SHA-256 in hexadecimal.</summary>
    public const int HashDigits = 64;

    /// <summary>Of a name as text, from the 255 bytes on the wire (RFC 1035, 2.3.4).</summary>
    private const int NameLength = 253;

    private const int LabelLength = 63;

    /// <summary>A name or an address, without scheme, port or path; lower-case, without the dot at the end.</summary>
    /// <returns>Null when it is none.</returns>
    public static string? Host(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Address(text, null) ?? Name(text);
    }

    /// <summary>
    /// An address in its usual form. The framework's parser also takes <c>1</c>, <c>0x7f.1</c> and <c>010.0.0.1</c> (octal), which are
    /// typing errors.
    /// </summary>
    /// <param name="text">Anything.</param>
    /// <param name="family">The one that is wanted; null: either.</param>
    /// <returns>Null when it is none.</returns>
    public static string? Address(string text, AddressFamily? family)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!IPAddress.TryParse(text, out var address) || text.AsSpan().ContainsAny('[', ']', '%'))
        {
            return null;
        }

        var canonical = address.ToString();
        return (family ?? address.AddressFamily) == address.AddressFamily
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || canonical == text)
            ? canonical
            : null;
    }

    /// <summary>A name that the certificate is for, or <see cref="HashPrefix"/> and a hash.</summary>
    /// <returns>Null when it is neither.</returns>
    public static string? CertName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(HashPrefix, StringComparison.Ordinal))
        {
            return Name(text);
        }

        var hash = text[HashPrefix.Length..];
        return hash.Length == HashDigits && hash.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;
    }

    private static string? Name(string text)
    {
        var name = text.EndsWith('.') ? text[..^1] : text;
        return name.Length <= NameLength && name.Split('.').All(IsLabel) ? name.ToLowerInvariant() : null;
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LabelLength
        && label[0] != '-'
        && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
