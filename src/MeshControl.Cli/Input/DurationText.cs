using System.Buffers;
using System.Globalization;

namespace MeshControl.Cli.Input;

/// <summary>Durations as in the configuration file: numbers with units, such as <c>30m</c>, <c>1h30m</c> or <c>90d</c>.</summary>
internal static class DurationText
{
    /// <summary>A century: more is a typing error.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(100 * 365);

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <returns>False when the text is something else, or longer than <see cref="Longest"/>.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        var total = 0m;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0
                || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var end = rest.IndexOfAny(NumberCharacters) is >= 0 and var next ? next : rest.Length;
            // Judged before multiplying, since the product of two large numbers is more than a decimal holds.
            if (TicksOf(rest[..end]) is not { } ticks || number > Longest.Ticks || (total += number * ticks) > Longest.Ticks)
            {
                return false;
            }

            rest = rest[end..];
        }

        duration = new TimeSpan((long)total);
        return text.Length > 0;
    }

    private static long? TicksOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        "d" => TimeSpan.TicksPerDay,
        "w" => 7 * TimeSpan.TicksPerDay,
        "y" => 365 * TimeSpan.TicksPerDay,
        _ => null,
    };
}
