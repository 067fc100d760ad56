namespace MeshControl.Cli.Policies;

/// <summary>
/// The shortest way from one list of lines to another (Myers, An O(ND) difference algorithm, 1986). What begins and ends alike is set
/// aside first; texts that have next to nothing in common are not compared to the end but replaced.
/// </summary>
internal static class LineDiff
{
    /// <summary>Changes up to which the shortest way is looked for: time and memory grow with the square of it.</summary>
    public const int MaxChanges = 2000;

    /// <summary>All lines of both, in order; of a place that changed, what goes stands before what comes.</summary>
    public static List<DiffLine> Compare(IReadOnlyList<string> from, IReadOnlyList<string> to)
    {
        var head = 0;
        while (head < from.Count && head < to.Count && from[head] == to[head])
        {
            head++;
        }

        var tail = 0;
        while (tail < from.Count - head && tail < to.Count - head && from[^(tail + 1)] == to[^(tail + 1)])
        {
            tail++;
        }

        var lines = new List<DiffLine>(from.Count + to.Count);
        lines.AddRange(from.Take(head).Select(line => new DiffLine(DiffKind.Same, line)));
        lines.AddRange(Middle([.. from.Skip(head).SkipLast(tail)], [.. to.Skip(head).SkipLast(tail)]));
        lines.AddRange(from.TakeLast(tail).Select(line => new DiffLine(DiffKind.Same, line)));
        return lines;
    }

    private static IEnumerable<DiffLine> Middle(string[] from, string[] to) =>
        Trace(from, to) is { } trace
            ? WalkBack(from, to, trace)
            : from.Select(line => new DiffLine(DiffKind.Gone, line)).Concat(to.Select(line => new DiffLine(DiffKind.New, line)));

    /// <summary>
    /// For every number of changes how far one gets on each diagonal (lines of <paramref name="from"/> taken, minus those of
    /// <paramref name="to"/>, from minus that number on); null when there are too many.
    /// </summary>
    private static List<int[]>? Trace(string[] from, string[] to)
    {
        var trace = new List<int[]>();
        var reach = new int[1];
        for (var changes = 0; changes <= MaxChanges; changes++)
        {
            var next = new int[(2 * changes) + 1];
            for (var diagonal = -changes; diagonal <= changes; diagonal += 2)
            {
                var x = changes == 0 ? 0 : Start(reach, changes, diagonal);
                while (x < from.Length && x - diagonal < to.Length && x - diagonal >= 0 && from[x] == to[x - diagonal])
                {
                    x++;
                }

                next[diagonal + changes] = x;
                if (x >= from.Length && x - diagonal >= to.Length)
                {
                    trace.Add(next);
                    return trace;
                }
            }

            trace.Add(next);
            reach = next;
        }

        return null;
    }

    /// <summary>Where a path of so many changes begins on a diagonal: after a new line, or after one that went.</summary>
    /// <param name="reach">Of one change less.</param>
    private static int Start(int[] reach, int changes, int diagonal)
    {
        var above = At(reach, changes - 1, diagonal + 1);
        var left = At(reach, changes - 1, diagonal - 1);
        return diagonal == -changes || (diagonal != changes && left < above) ? above : left + 1;
    }

    private static int At(int[] reach, int changes, int diagonal) =>
        Math.Abs(diagonal) <= changes ? reach[diagonal + changes] : -1;

    private static IEnumerable<DiffLine> WalkBack(string[] from, string[] to, List<int[]> trace)
    {
        var lines = new Stack<DiffLine>();
        var (x, y) = (from.Length, to.Length);
        for (var changes = trace.Count - 1; changes > 0; changes--)
        {
            var diagonal = x - y;
            var start = Start(trace[changes - 1], changes, diagonal);
            while (x > start)
            {
                lines.Push(new(DiffKind.Same, from[--x]));
                y--;
            }

            if (diagonal == -changes || (diagonal != changes
                && At(trace[changes - 1], changes - 1, diagonal - 1) < At(trace[changes - 1], changes - 1, diagonal + 1)))
            {
                lines.Push(new(DiffKind.New, to[--y]));
            }
            else
            {
                lines.Push(new(DiffKind.Gone, from[--x]));
            }
        }

        while (x > 0)
        {
            lines.Push(new(DiffKind.Same, from[--x]));
        }

        return lines;
    }
}
