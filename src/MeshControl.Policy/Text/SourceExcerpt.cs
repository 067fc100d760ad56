namespace MeshControl.Policy.Text;

/// <summary>A line of a policy as a message shows it: a policy may be one line of a megabyte.</summary>
/// <param name="Text">The line, or the part of it around the column, with ellipses where something was left out.</param>
/// <param name="Column">Where the column is in <paramref name="Text"/>, from 1, in characters as in <see cref="TextPosition"/>.</param>
public readonly record struct SourceExcerpt(string Text, int Column)
{
    private const char Ellipsis = '…';

    /// <param name="line">Whole.</param>
    /// <param name="column">From 1, in characters.</param>
    /// <param name="length">Characters that may be shown, ellipses included; at least 10.</param>
    public static SourceExcerpt Of(string line, int column, int length)
    {
        var at = IndexOf(line, column);
        if (line.Length <= length)
        {
            return new(line, ColumnOf(line, at));
        }

        // Two thirds before the column: what is wrong is understood from what leads to it.
        var start = Math.Clamp(at - (length * 2 / 3), 0, line.Length - length);
        var text = line.Substring(start, length).ToCharArray();
        if (start > 0)
        {
            CutAt(text, 0, char.IsHighSurrogate(text[0]) ? 1 : 0);
        }

        if (start + length < line.Length)
        {
            CutAt(text, length - 1, char.IsLowSurrogate(text[^1]) ? length - 2 : length - 1);
        }

        return new(new string(text), ColumnOf(text, at - start));
    }

    /// <summary>Where a column is in a string; its end when the line is shorter.</summary>
    /// <param name="line">That begins with the line.</param>
    /// <param name="column">From 1, in characters.</param>
    public static int IndexOf(ReadOnlySpan<char> line, int column)
    {
        var at = 0;
        for (var passed = 1; passed < column && at < line.Length; passed++)
        {
            at += char.IsHighSurrogate(line[at]) && at + 1 < line.Length && char.IsLowSurrogate(line[at + 1]) ? 2 : 1;
        }

        return at;
    }

    private static int ColumnOf(ReadOnlySpan<char> line, int index)
    {
        var column = 1;
        foreach (var _ in line[..index].EnumerateRunes())
        {
            column++;
        }

        return column;
    }

    /// <summary>A character of two units that is cut through goes whole.</summary>
    private static void CutAt(char[] text, int end, int orphan)
    {
        text[end] = Ellipsis;
        text[orphan] = Ellipsis;
    }
}
