using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language;

/// <summary>Durations as Go writes them: <c>1h30m</c>, <c>-1.5s</c>, <c>0</c>; in nanoseconds, of which 64 bits hold 292 years.</summary>
public static class GoDuration
{
    private const long Microsecond = 1_000;
    private const long Millisecond = 1_000 * Microsecond;
    private const long Second = 1_000 * Millisecond;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create(".0123456789");

    /// <param name="text">An optional sign, then numbers with units (<c>ns us ms s m h</c>) and fractions; or <c>0</c>.</param>
    /// <param name="nanoseconds">Beyond the range of 64 bits nothing is a duration.</param>
    /// <param name="problem">In the words of the service.</param>
    public static bool TryParse(string text, out long nanoseconds, [NotNullWhen(false)] out string? problem)
    {
        nanoseconds = 0;
        problem = null;
        var rest = text.AsSpan();
        var isNegative = rest.StartsWith('-');
        rest = rest.Length > 0 && rest[0] is '-' or '+' ? rest[1..] : rest;
        if (rest is "0")
        {
            return true;
        }

        var invalid = $"time: invalid duration {QuotedText.Of(text)}";
        var sum = Int128.Zero;
        if (rest.IsEmpty)
        {
            problem = invalid;
            return false;
        }

        while (!rest.IsEmpty)
        {
            var number = TakeNumber(ref rest);
            if (number.IsEmpty || number is ".")
            {
                problem = invalid;
                return false;
            }

            var unit = TakeUnit(ref rest);
            if (UnitOf(unit) is not { } length)
            {
                problem = unit.IsEmpty
                    ? $"time: missing unit in duration {QuotedText.Of(text)}"
                    : $"time: unknown unit {QuotedText.Of(unit.ToString())} in duration {QuotedText.Of(text)}";
                return false;
            }

            if (!TryMultiply(number, length, out var part) || (sum += part) > (Int128)long.MaxValue + (isNegative ? 1 : 0))
            {
                problem = invalid;
                return false;
            }
        }

        nanoseconds = (long)(isNegative ? -sum : sum);
        return true;
    }

    /// <summary>
    /// The largest unit that is not zero first, every smaller one down to seconds behind it: <c>150h0m0s</c>, <c>1.5ms</c>, <c>0s</c>.
    /// </summary>
    public static string Format(long nanoseconds)
    {
        var rest = (ulong)Int128.Abs(nanoseconds);
        var text = new StringBuilder(nanoseconds < 0 ? "-" : "");
        if (rest == 0)
        {
            return "0s";
        }

        if (rest < Second)
        {
            var (unit, name) = rest < Microsecond ? (1L, "ns") : rest < Millisecond ? (Microsecond, "µs") : (Millisecond, "ms");
            return text.Append(Decimal(rest, (ulong)unit)).Append(name).ToString();
        }

        if (rest >= Hour)
        {
            text.Append(CultureInfo.InvariantCulture, $"{rest / Hour}h");
        }

        if (rest >= Minute)
        {
            text.Append(CultureInfo.InvariantCulture, $"{rest % Hour / Minute}m");
        }

        return text.Append(Decimal(rest % Minute, Second)).Append('s').ToString();
    }

    private static string Decimal(ulong value, ulong unit) => ((decimal)value / unit).ToString("0.#########", CultureInfo.InvariantCulture);

    private static ReadOnlySpan<char> TakeNumber(ref ReadOnlySpan<char> rest)
    {
        var dots = 0;
        var length = 0;
        while (length < rest.Length && (char.IsAsciiDigit(rest[length]) || (rest[length] == '.' && dots++ == 0)))
        {
            length++;
        }

        var number = rest[..length];
        rest = rest[length..];
        return number;
    }

    private static ReadOnlySpan<char> TakeUnit(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAny(NumberCharacters);
        var unit = end < 0 ? rest : rest[..end];
        rest = rest[unit.Length..];
        return unit;
    }

    private static long? UnitOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1,
        "us" or "µs" or "μs" => Microsecond,
        "ms" => Millisecond,
        "s" => Second,
        "m" => Minute,
        "h" => Hour,
        _ => null,
    };

    private static bool TryMultiply(ReadOnlySpan<char> number, long unit, out Int128 product)
    {
        product = 0;
        var dot = number.IndexOf('.');
        var whole = dot < 0 ? number : number[..dot];
        foreach (var digit in whole)
        {
            product = (product * 10) + ((digit - '0') * unit);
            if (product > (Int128)long.MaxValue + 1)
            {
                return false;
            }
        }

        // Digits of the fraction that are worth less than a nanosecond change nothing.
        var worth = unit;
        Int128 fraction = 0;
        Int128 scale = 1;
        for (var i = dot + 1; dot >= 0 && i < number.Length && scale <= worth; i++)
        {
            fraction = (fraction * 10) + (number[i] - '0');
            scale *= 10;
        }

        product += fraction * unit / scale;
        return true;
    }
}
