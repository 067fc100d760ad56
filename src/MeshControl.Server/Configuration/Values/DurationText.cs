using System.Buffers;
using System.Globalization;

namespace MeshControl.Server.Configuration.Values;

/// <summary>
/// Durations as Go and Prometheus programs write them: numbers with units, such as <c>1h30m</c>, <c>90d</c>, <c>0.5s</c>, or
/// <c>0</c>.
/// </summary>
internal static class DurationText
{
    /// <summary>
    /// A century: beyond it a typing error is likelier than an intention, and calendar arithmetic would overflow some day.
    /// </summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(100 * 365);

    private const string Remedy = "Write numbers with the units ms, s, m, h, d, w or y, for instance 30m, 1h30m or 90d; 0 needs no unit.";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    // From the largest; the units of the written form are those that divide a length of time without surprise.
    private static readonly (string Unit, long Ticks, bool IsWritten)[] Units =
    [
        ("y", 365 * TimeSpan.TicksPerDay, false),
        ("w", 7 * TimeSpan.TicksPerDay, false),
        ("d", TimeSpan.TicksPerDay, true),
        ("h", TimeSpan.TicksPerHour, true),
        ("m", TimeSpan.TicksPerMinute, true),
        ("s", TimeSpan.TicksPerSecond, true),
        ("ms", TimeSpan.TicksPerMillisecond, true),
    ];

    public static Parsed<TimeSpan> Parse(string text)
    {
        if (text == "0")
        {
            return TimeSpan.Zero;
        }

        var total = 0m;
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0
                || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return Bad(text);
            }

            rest = rest[digits..];
            var end = rest.IndexOfAny(Digits);
            var ticks = TicksOf(end < 0 ? rest : rest[..end]);
            if (ticks == 0)
            {
                return Bad(text);
            }

            // Judged before multiplying, since the product of two large numbers is more than a decimal holds.
            if (number > (decimal)Max.TotalMilliseconds || (total += number * ticks) > Max.Ticks)
            {
                return Parsed<TimeSpan>.Bad($"\"{text}\" is more than a hundred years.", "Write a shorter time.");
            }

            rest = end < 0 ? default : rest[end..];
        }

        return text.Length == 0 ? Bad(text) : new TimeSpan((long)total);
    }

    /// <summary>In the largest unit that divides the time: <c>2m</c>, <c>90s</c>, <c>0</c>.</summary>
    public static string Format(TimeSpan span)
    {
        if (span == TimeSpan.Zero)
        {
            return "0";
        }

        var (unit, ticks, _) = Units.FirstOrDefault(unit => unit.IsWritten && span.Ticks % unit.Ticks == 0, Units[^1]);
        return string.Create(CultureInfo.InvariantCulture, $"{span.Ticks / ticks}{unit}");
    }

    private static Parsed<TimeSpan> Bad(string text) => Parsed<TimeSpan>.Bad($"\"{text}\" is not a duration.", Remedy);

    private static long TicksOf(ReadOnlySpan<char> unit)
    {
        foreach (var (name, ticks, _) in Units)
        {
            if (unit.SequenceEqual(name))
            {
                return ticks;
            }
        }

        return 0;
    }
}
