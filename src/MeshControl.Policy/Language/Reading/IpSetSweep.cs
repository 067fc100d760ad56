using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language.Reading;

/// <summary>
/// What an IP set holds after its entries were applied in order: an address is in it if the last entry that covers it adds. Found in one
/// sweep over the bounds of all entries, so the time does not depend on how they overlap.
/// </summary>
internal static class IpSetSweep
{
    /// <summary>One entry.</summary>
    public readonly record struct Step(AddressSpan Span, bool IsAdded);

    /// <param name="limit">Most prefixes of the result.</param>
    /// <returns>Disjoint, sorted, IPv4 first; null when there are more than the limit.</returns>
    public static ImmutableArray<IpPrefix>? Run(IReadOnlyList<Step> steps, int limit)
    {
        var prefixes = ImmutableArray.CreateBuilder<IpPrefix>();
        foreach (var isIPv6 in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (var span in RunFamily(steps, isIPv6))
            {
                foreach (var prefix in span.Prefixes())
                {
                    if (prefixes.Count == limit)
                    {
                        return null;
                    }

                    prefixes.Add(prefix);
                }
            }
        }

        return prefixes.ToImmutable();
    }

    private static IEnumerable<AddressSpan> RunFamily(IReadOnlyList<Step> steps, bool isIPv6)
    {
        var byFirst = Enumerable.Range(0, steps.Count).Where(index => steps[index].Span.IsIPv6 == isIPv6).ToArray();
        Array.Sort(byFirst, (left, right) => steps[left].Span.First.CompareTo(steps[right].Span.First));
        var bounds = new SortedSet<UInt128>();
        foreach (var index in byFirst)
        {
            var span = steps[index].Span;
            bounds.Add(span.First);
            if (span.Last != UInt128.MaxValue)
            {
                bounds.Add(span.Last + 1);
            }
        }

        // The latest entry that covers the place of the sweep comes first.
        var covering = new PriorityQueue<int, int>();
        var next = 0;
        UInt128? begun = null;
        foreach (var bound in bounds)
        {
            for (; next < byFirst.Length && steps[byFirst[next]].Span.First == bound; next++)
            {
                covering.Enqueue(byFirst[next], -byFirst[next]);
            }

            while (covering.TryPeek(out var top, out _) && steps[top].Span.Last < bound)
            {
                covering.Dequeue();
            }

            var isIn = covering.TryPeek(out var latest, out _) && steps[latest].IsAdded;
            if (!isIn && begun is { } first)
            {
                yield return new AddressSpan(isIPv6, first, bound - 1);
                begun = null;
            }
            else if (isIn)
            {
                begun ??= bound;
            }
        }

        if (begun is { } open)
        {
            yield return new AddressSpan(isIPv6, open, UInt128.MaxValue);
        }
    }
}
