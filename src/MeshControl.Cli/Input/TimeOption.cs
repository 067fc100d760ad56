using System.CommandLine;
using System.Globalization;

namespace MeshControl.Cli.Input;

/// <summary>Options whose value is a moment.</summary>
internal static class TimeOption
{
    // RFC 3339 insists on the offset: a time without one would mean something else on another machine.
    private static readonly string[] Rfc3339 = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    /// <summary>The value is null when the option is not given.</summary>
    public static Option<PointInTime?> Create(string name, string[] aliases, string description) => new(name, aliases)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value.Trim();
            if (!TryParse(text, out var point))
            {
                result.AddError(
                    $"\"{text}\" is not a time; write one such as 2027-01-31T12:00:00Z, or a duration from now such as 30m, 12h or 90d.");
            }

            return point;
        },
    };

    private static bool TryParse(string text, out PointInTime point)
    {
        point = default;
        if (text.Length == 0)
        {
            return true;
        }

        if (DurationText.TryParse(text, out var duration))
        {
            point = new PointInTime(null, duration);
            return true;
        }

        var isTime = DateTimeOffset.TryParseExact(
            text.ToUpperInvariant(), Rfc3339, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        point = new PointInTime(time, null);
        return isTime;
    }
}
