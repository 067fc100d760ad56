namespace MeshControl.Protocol.Control;

/// <summary>
/// Times on the wire: RFC 3339 with an offset and a fraction of any length. The zero time of clients, the first
/// instant of year 1, means "not set" nearly everywhere.
/// </summary>
public static class WireTime
{
    /// <summary>What <c>0001-01-01T00:00:00Z</c> stands for.</summary>
    public static readonly DateTimeOffset Zero = DateTimeOffset.MinValue;

    private const int FractionStart = 19;
    private const int TickDigits = 7;

    /// <summary>
    /// Understands what clients write, at any offset; the result is in UTC. Digits below 100 ns are cut off, and instants before
    /// year 1 or after year 9999 are moved to the end of the range.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length <= FractionStart
            || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..10], out var day)
            || !TryDigits(text[11..13], out var hour) || !TryDigits(text[14..16], out var minute)
            || !TryDigits(text[17..19], out var second)
            || !TryFraction(text[FractionStart..], out var fraction, out var zone)
            || !TryZone(zone, out var offset))
        {
            return false;
        }

        // Year 0 exists for clients but not here; it is as unset as year 1.
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(Math.Max(year, 1), month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var local = year == 0 ? 0 : new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified).Ticks + fraction;
        var ticks = Math.Clamp(local - offset.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryFraction(ReadOnlySpan<char> text, out long ticks, out ReadOnlySpan<char> rest)
    {
        ticks = 0;
        rest = text;
        if (text[0] != '.')
        {
            return true;
        }

        var end = text[1..].IndexOfAnyExceptInRange('0', '9') + 1;
        if (end < 2)
        {
            return false;
        }

        for (var i = 0; i < TickDigits; i++)
        {
            ticks = (ticks * 10) + (i + 1 < end ? text[i + 1] - '0' : 0);
        }

        rest = text[end..];
        return true;
    }

    private static bool TryZone(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        if (text is "Z")
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':'
            || !TryDigits(text[1..3], out var hours) || !TryDigits(text[4..6], out var minutes) || hours > 24 || minutes > 59)
        {
            return false;
        }

        offset = new TimeSpan(hours, minutes, 0) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
