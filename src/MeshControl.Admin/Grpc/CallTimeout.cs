using System.Globalization;

namespace MeshControl.Admin.Grpc;

/// <summary>The value of <c>grpc-timeout</c>: one to eight digits and a unit out of H M S m u n.</summary>
public static class CallTimeout
{
    /// <summary>Longer ones are cut: timers take at most 49 days, and no administrator waits for one.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private const int MaxDigits = 8;
    private const long MaxValue = 99_999_999;
    private const long NanosecondsPerTick = 100;

    /// <summary>Rounds up to whole milliseconds, or to whole seconds when eight digits do not suffice.</summary>
    public static string Encode(TimeSpan timeout)
    {
        var milliseconds = Math.Max(1, (long)Math.Ceiling(timeout.TotalMilliseconds));
        return milliseconds <= MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds}m")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Min((milliseconds + 999) / 1000, MaxValue)}S");
    }

    /// <returns>False when the text does not have the form above.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxDigits + 1
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        // At most 99,999,999 hours: far below the range of a long in ticks.
        long? ticks = text[^1] switch
        {
            'H' => value * TimeSpan.TicksPerHour,
            'M' => value * TimeSpan.TicksPerMinute,
            'S' => value * TimeSpan.TicksPerSecond,
            'm' => value * TimeSpan.TicksPerMillisecond,
            'u' => value * TimeSpan.TicksPerMicrosecond,
            'n' => value / NanosecondsPerTick,
            _ => null,
        };
        if (ticks is not { } known)
        {
            return false;
        }

        timeout = TimeSpan.FromTicks(Math.Min(known, Longest.Ticks));
        return true;
    }
}
