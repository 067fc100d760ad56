using System.Text;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Policies;

/// <summary>The difference of two texts as <c>diff -u</c> writes it, so that <c>patch</c> takes it.</summary>
internal static class UnifiedDiff
{
    /// <summary>Unchanged lines around a change.</summary>
    private const int Context = 3;

    private const string NoLineBreak = "\\ No newline at end of file";

    /// <returns>Lines with a line break each; empty when the texts are the same.</returns>
    public static string Render(string fromName, string from, string toName, string to, bool colour)
    {
        if (from == to)
        {
            return "";
        }

        var lines = LineDiff.Compare(Split(from), Split(to));
        var text = new StringBuilder();
        Append(text, $"--- {fromName}", Tint.Heading, colour);
        Append(text, $"+++ {toName}", Tint.Heading, colour);
        var (next, fromLine, toLine) = (0, 1, 1);
        foreach (var (start, end) in Hunks(lines))
        {
            fromLine += start - next;
            toLine += start - next;
            var hunk = lines.GetRange(start, end - start);
            var (fromCount, toCount) = (hunk.Count(line => line.Kind != DiffKind.New), hunk.Count(line => line.Kind != DiffKind.Gone));
            Append(text, $"@@ -{Range(fromLine, fromCount)} +{Range(toLine, toCount)} @@", Tint.None, colour);
            foreach (var line in hunk)
            {
                AppendLine(text, line, colour);
            }

            (next, fromLine, toLine) = (end, fromLine + fromCount, toLine + toCount);
        }

        return text.ToString();
    }

    /// <summary>With their line breaks, which count: a text without one at its end differs from the same with one.</summary>
    private static List<string> Split(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }

    /// <summary>Stretches of lines that hold changes and what surrounds them.</summary>
    private static IEnumerable<(int Start, int End)> Hunks(List<DiffLine> lines)
    {
        var (start, end) = (-1, -1);
        for (var index = 0; index < lines.Count; index++)
        {
            if (lines[index].Kind == DiffKind.Same)
            {
                continue;
            }

            if (start >= 0 && index - Context > end)
            {
                yield return (start, end);
                start = -1;
            }

            start = start < 0 ? Math.Max(0, index - Context) : start;
            end = Math.Min(lines.Count, index + 1 + Context);
        }

        if (start >= 0)
        {
            yield return (start, end);
        }
    }

    /// <summary>An empty range names the line before it.</summary>
    private static string Range(int line, int count) => count == 1 ? $"{line}" : $"{(count == 0 ? line - 1 : line)},{count}";

    private static void AppendLine(StringBuilder text, DiffLine line, bool colour)
    {
        var (mark, tint) = line.Kind switch
        {
            DiffKind.New => ('+', Tint.Good),
            DiffKind.Gone => ('-', Tint.Bad),
            _ => (' ', Tint.None),
        };
        var hasBreak = line.Text.EndsWith('\n');
        Append(text, mark + (hasBreak ? line.Text[..^1] : line.Text), tint, colour);
        if (!hasBreak)
        {
            Append(text, NoLineBreak, Tint.None, colour);
        }
    }

    private static void Append(StringBuilder text, string line, Tint tint, bool colour) =>
        text.Append(TerminalText.Paint(line, tint, colour)).Append('\n');
}
