namespace MeshControl.Server.Configuration.Values;

/// <summary>Domain names: read with or without the trailing dot, kept lower-case and without it.</summary>
internal static class DomainText
{
    /// <summary>Of a name as text, from the 255 bytes on the wire (RFC 1035, 2.3.4).</summary>
    public const int MaxLength = 253;

    private const int MaxLabelLength = 63;

    public static Parsed<string> Parse(string text) => Parse(text, allowUnderscore: false);

    /// <param name="allowUnderscore">Service names such as <c>_sip</c> are no host names but may well be asked for.</param>
    public static Parsed<string> Parse(string text, bool allowUnderscore)
    {
        var name = text.EndsWith('.') ? text[..^1] : text;
        if (name.Length == 0)
        {
            return Parsed<string>.Bad("The domain name is empty.", "Write a name such as example.com.");
        }

        if (name.Length > MaxLength)
        {
            return Parsed<string>.Bad($"\"{text}\" is longer than a domain name can be.", $"At most {MaxLength} characters are possible.");
        }

        foreach (var label in name.Split('.'))
        {
            if (Complain(label, allowUnderscore) is { } complaint)
            {
                return Parsed<string>.Bad(
                    $"\"{text}\" is not a domain name: {complaint}.", "Write a name such as example.com, without scheme, port or path.");
            }
        }

        return name.ToLowerInvariant();
    }

    private static string? Complain(string label, bool allowUnderscore) => label switch
    {
        "" => "a part between two dots is empty",
        { Length: > MaxLabelLength } => $"the part \"{label}\" is longer than {MaxLabelLength} characters",
        _ when label.StartsWith('-') || label.EndsWith('-') => $"the part \"{label}\" starts or ends with a hyphen",
        _ when !label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-' || (allowUnderscore && c == '_')) =>
            $"the part \"{label}\" holds something other than letters, digits and hyphens",
        _ => null,
    };
}
