using System.Globalization;
using System.Text;

namespace MeshControl.Server;

/// <summary>Texts that clients chose, where they are shown to others.</summary>
internal static class ClientText
{
    /// <summary>How much of a client's own words is repeated to it, in the log, or on a page.</summary>
    private const int MaxQuoted = 100;

    /// <summary>The start of a text.</summary>
    public static string Shorten(string? text) => text is { Length: > MaxQuoted } ? text[..MaxQuoted] + "…" : text ?? "";

    /// <summary>The start of a text for people to look at: what does not show, or changes how the rest shows, is U+FFFD.</summary>
    public static string Show(string? text)
    {
        var shown = new StringBuilder();
        foreach (var rune in Shorten(text).EnumerateRunes())
        {
            shown.Append(IsVisible(rune) ? rune : Rune.ReplacementChar);
        }

        return shown.ToString();
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned);
}
