using System.Globalization;
using System.Text;

namespace MeshControl.Policy.Text;

/// <summary>How messages quote what somebody wrote.</summary>
internal static class QuotedText
{
    /// <summary>Longest quotation; what is behind it is left out.</summary>
    public const int MaxLength = 200;

    /// <summary>In double quotes, with control characters, quotes and backslashes escaped, everything else as it is.</summary>
    public static string Of(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in Shorten(text))
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>For what a message repeats without quotes.</summary>
    public static string Shorten(string text)
    {
        if (text.Length <= MaxLength)
        {
            return text;
        }

        var length = char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return $"{text.AsSpan(0, length)}…";
    }
}
