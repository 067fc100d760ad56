using System.Text;

namespace MeshControl.Cli.Output;

/// <summary>Aligned columns under their headings, separated by <c>│</c>.</summary>
internal static class Table
{
    private const string Separator = " │ ";

    /// <summary>Columns are not cut below this: less would not tell one value from another.</summary>
    private const int MinWidth = 6;

    /// <summary>Before a column is cut below this, one that matters less is left out.</summary>
    private const int FairWidth = 12;

    /// <param name="items">One line each.</param>
    /// <param name="columns">From left to right.</param>
    /// <param name="maxWidth">Columns of the terminal; what matters least is left out, and the widest fields are cut. 0: all is shown.</param>
    /// <param name="colour">Whether to use escape sequences.</param>
    /// <returns>Lines with a line break each.</returns>
    public static string Render<T>(IReadOnlyList<T> items, IReadOnlyList<Column<T>> columns, int maxWidth, bool colour)
    {
        columns = maxWidth > 0 ? Choose(items, columns, maxWidth) : columns;
        var rows = new List<Cell[]> { columns.Select(column => new Cell(column.Heading, Tint.Heading)).ToArray() };
        rows.AddRange(items.Select(item => columns.Select(column => Clean(column.Show(item))).ToArray()));
        var widths = Enumerable.Range(0, columns.Count).Select(i => rows.Max(row => TerminalText.Width(row[i].Text))).ToArray();
        if (maxWidth > 0)
        {
            Shrink(widths, maxWidth - (Separator.Length * (columns.Count - 1)));
        }

        var text = new StringBuilder();
        foreach (var row in rows)
        {
            AppendRow(text, row, widths, colour);
        }

        return text.ToString();
    }

    private static IReadOnlyList<Column<T>> Choose<T>(IReadOnlyList<T> items, IReadOnlyList<Column<T>> columns, int maxWidth)
    {
        var chosen = columns
            .Select(column => (Column: column, Width: Math.Min(FairWidth, items.Select(item => column.Show(item).Text)
                .Append(column.Heading).Max(TerminalText.Width))))
            .ToList();
        while (chosen.Sum(column => column.Width + Separator.Length) - Separator.Length > maxWidth)
        {
            var least = chosen.MaxBy(column => column.Column.Rank);
            if (least.Column.Rank == 0)
            {
                break;
            }

            chosen.Remove(least);
        }

        return [.. chosen.Select(column => column.Column)];
    }

    /// <summary>Takes from the widest column, one by one, until all fit or none can give more.</summary>
    private static void Shrink(int[] widths, int available)
    {
        while (widths.Sum() > available)
        {
            var widest = Array.IndexOf(widths, widths.Max());
            if (widths[widest] <= MinWidth)
            {
                return;
            }

            widths[widest]--;
        }
    }

    private static void AppendRow(StringBuilder text, Cell[] row, int[] widths, bool colour)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var shown = TerminalText.Cut(row[i].Text, widths[i]);
            text.Append(TerminalText.Paint(shown, row[i].Tint, colour));
            if (i < row.Length - 1)
            {
                text.Append(' ', widths[i] - TerminalText.Width(shown)).Append(Separator);
            }
        }

        text.Append('\n');
    }

    private static Cell Clean(Cell cell) => cell with { Text = TerminalText.Clean(cell.Text) };
}
