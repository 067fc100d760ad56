using System.Globalization;
using System.Text;

namespace MeshControl.Cli.Output;

/// <summary>Text as a terminal shows it.</summary>
internal static class TerminalText
{
    private static readonly (int First, int Last)[] WideRanges =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F),
        (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F900, 0x1F9FF), (0x20000, 0x3FFFD),
    ];

    /// <summary>
    /// Host names come from clients and can hold anything: control characters could rewrite the screen, invisible ones could
    /// make one name look like another. They are shown as U+FFFD.
    /// </summary>
    public static string Clean(string text)
    {
        if (!text.EnumerateRunes().Any(IsUnsafe))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append(IsUnsafe(rune) ? Rune.ReplacementChar : rune);
        }

        return clean.ToString();
    }

    /// <summary>Columns that the text takes.</summary>
    public static int Width(string text) => text.EnumerateRunes().Sum(Width);

    /// <summary>The text in at most <paramref name="width"/> columns, with an ellipsis where something was left out.</summary>
    public static string Cut(string text, int width)
    {
        if (Width(text) <= width)
        {
            return text;
        }

        var cut = new StringBuilder();
        var used = 1;
        foreach (var rune in text.EnumerateRunes())
        {
            used += Width(rune);
            if (used > width)
            {
                break;
            }

            cut.Append(rune);
        }

        return cut.Append('…').ToString();
    }

    /// <param name="text">Safe to print.</param>
    /// <param name="tint">Its colour.</param>
    /// <param name="colour">Whether to use escape sequences at all.</param>
    public static string Paint(string text, Tint tint, bool colour) => !colour || text.Length == 0 ? text : tint switch
    {
        Tint.Heading => $"\e[1m{text}\e[0m",
        Tint.Good => $"\e[32m{text}\e[0m",
        Tint.Bad => $"\e[31m{text}\e[0m",
        _ => text,
    };

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static int Width(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
        {
            return 0;
        }

        return WideRanges.Any(range => rune.Value >= range.First && rune.Value <= range.Last) ? 2 : 1;
    }
}
