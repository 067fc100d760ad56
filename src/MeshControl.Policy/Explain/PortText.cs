using System.Globalization;
using MeshControl.Policy.Language;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Explain;

/// <summary>What a rule opens, in words: <c>every port</c>, <c>port 22</c>, <c>tcp 80-443, 8080</c>, <c>every port but 22</c>.</summary>
internal static class PortText
{
    /// <summary>Ranges that are named.</summary>
    private const int Ranges = 12;

    /// <param name="protocol">Null: those that clients allow by default.</param>
    /// <param name="ports">In any order, even overlapping.</param>
    public static string Of(int? protocol, IEnumerable<PortRange> ports)
    {
        var merged = Merge(ports);
        var name = protocol is { } number ? IpProtocols.NameOf(number) : null;
        if (merged is [{ First: <= 1, Last: ushort.MaxValue }])
        {
            return name is null ? "every port" : IpProtocols.HasPorts(protocol!.Value) ? $"every {name} port" : name;
        }

        if (merged.Count > 1 && merged[0].First <= 1 && merged[^1].Last == ushort.MaxValue)
        {
            var gaps = merged.Zip(merged.Skip(1)).Select(pair => (pair.First.Last + 1, pair.Second.First - 1)).ToList();
            return $"every {(name is null ? "" : $"{name} ")}port but {Words(gaps)}";
        }

        return $"{name ?? (merged is [{ } only] && only.First == only.Last ? "port" : "ports")} {Words(merged)}";
    }

    private static string Words(List<(int First, int Last)> ranges)
    {
        var text = string.Join(", ", ranges.Take(Ranges).Select(range => range.First == range.Last
            ? range.First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}")));
        return ranges.Count > Ranges ? $"{text} and {(ranges.Count - Ranges).ToString(CultureInfo.InvariantCulture)} more ranges" : text;
    }

    /// <summary>Sorted, and neighbours joined.</summary>
    public static List<(int First, int Last)> Merge(IEnumerable<PortRange> ports)
    {
        var merged = new List<(int First, int Last)>();
        foreach (var range in ports.OrderBy(range => range.First).ThenBy(range => range.Last))
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
            {
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            }
            else
            {
                merged.Add((range.First, range.Last));
            }
        }

        return merged;
    }
}
