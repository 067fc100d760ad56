using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>Ports as policies write them: <c>*</c>, <c>22</c>, <c>80-443</c>, <c>22,80-443</c>.</summary>
public static class PortRanges
{
    private const char Separator = ',';

    /// <param name="text">One or more ranges.</param>
    /// <param name="ranges">In the order written, neither sorted nor merged.</param>
    /// <param name="problem">What is wrong with the first bad range, as the service says it.</param>
    public static bool TryParse(string text, out ImmutableArray<PortRange> ranges, [NotNullWhen(false)] out string? problem)
    {
        ranges = [];
        problem = null;
        if (text == "*")
        {
            ranges = [PortRange.All];
            return true;
        }

        var parsed = ImmutableArray.CreateBuilder<PortRange>();
        foreach (var item in text.Split(Separator, StringSplitOptions.TrimEntries))
        {
            if (ParseItem(item, out problem) is not { } range)
            {
                problem = $"port range {QuotedText.Of(item)}: {problem}";
                return false;
            }

            parsed.Add(range);
        }

        ranges = parsed.ToImmutable();
        return true;
    }

    /// <summary>True for <c>*</c>.</summary>
    public static bool IsAll(ImmutableArray<PortRange> ranges) => ranges is [var only] && only == PortRange.All;

    /// <summary>The canonical spelling.</summary>
    public static string Format(ImmutableArray<PortRange> ranges) =>
        IsAll(ranges) ? "*" : string.Join(Separator, ranges.Select(Format));

    private static string Format(PortRange range) => range.First == range.Last
        ? range.First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}");

    private static PortRange? ParseItem(string item, out string? problem)
    {
        var hyphen = item.IndexOf('-', StringComparison.Ordinal);
        var hasLast = hyphen >= 0;
        ushort last = 0;
        problem = !TryParsePort(hasLast ? item.AsSpan(0, hyphen) : item, out var first) ? "invalid first integer"
            : !hasLast && first == 0 ? "first port must be >0, or use '*' for wildcard"
            : hasLast && !TryParsePort(item.AsSpan(hyphen + 1), out last) ? "invalid last integer"
            : hasLast && last < first ? "the last port must not be below the first"
            : hasLast && last == 0 ? "port 0 cannot be reached; use '*' for all ports"
            : null;
        return problem is null ? new PortRange { First = first, Last = hasLast ? last : first } : null;
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
