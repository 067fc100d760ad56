using System.Text;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Explain;

/// <summary>An entry of a policy as it stands in the text, in one line: without comments, and white space made one blank.</summary>
internal static class RuleText
{
    /// <summary>Characters that are shown.</summary>
    private const int Shown = 200;

    /// <param name="text">Of a policy that was read.</param>
    /// <param name="position">Where the entry begins.</param>
    public static string At(string text, TextPosition position)
    {
        var start = 0;
        for (var line = 1; line < position.Line; line++)
        {
            start = text.IndexOf('\n', start) + 1;
            if (start == 0)
            {
                return "";
            }
        }

        start += SourceExcerpt.IndexOf(text.AsSpan(start), position.Column);
        return start >= text.Length ? "" : SourceExcerpt.Of(Entry(text, start), 1, Shown).Text;
    }

    private static string Entry(string text, int start)
    {
        var entry = new StringBuilder();
        var (depth, inString) = (0, false);

        // More than is shown need not be read; the longest name or comment does not matter.
        for (var at = start; at < text.Length && entry.Length <= Shown; at++)
        {
            var character = text[at];
            if (inString)
            {
                entry.Append(character);
                if (character == '\\' && at + 1 < text.Length)
                {
                    entry.Append(text[++at]);
                }

                inString = character != '"';
                continue;
            }

            if (character == '/' && at + 1 < text.Length && EndOfComment(text, at) is { } end)
            {
                at = end;
                AppendBlank(entry);
                continue;
            }

            if (char.IsWhiteSpace(character))
            {
                AppendBlank(entry);
                continue;
            }

            inString = character == '"';
            depth += character is '{' or '[' ? 1 : character is '}' or ']' ? -1 : 0;
            if (character is '}' or ']' && entry.Length > 0 && entry[^1] == ' ')
            {
                entry.Length--;
            }

            entry.Append(character);
            if (depth <= 0 && !inString && character is '}' or ']' && depth == 0)
            {
                break;
            }
        }

        return entry.ToString();
    }

    /// <summary>The last character of a comment that begins here; null when none does.</summary>
    private static int? EndOfComment(string text, int at)
    {
        switch (text[at + 1])
        {
            case '/':
                var line = text.IndexOf('\n', at);
                return line < 0 ? text.Length - 1 : line;
            case '*':
                var close = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
                return close < 0 ? text.Length - 1 : close + 1;
            default:
                return null;
        }
    }

    private static void AppendBlank(StringBuilder entry)
    {
        if (entry.Length > 0 && entry[^1] is not (' ' or '{' or '['))
        {
            entry.Append(' ');
        }
    }
}
