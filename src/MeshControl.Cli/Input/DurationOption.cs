using System.CommandLine;

namespace MeshControl.Cli.Input;

/// <summary>Options whose value is a duration.</summary>
internal static class DurationOption
{
    public static Option<TimeSpan?> Create(string name, string[] aliases, string description, bool recursive = false) =>
        new(name, aliases)
        {
            Description = description,
            HelpName = "DURATION",
            Recursive = recursive,
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (!DurationText.TryParse(text, out var duration))
                {
                    result.AddError($"\"{text}\" is not a duration; write numbers with units, such as 30m, 1h30m, 90d or 1y.");
                }
                else if (duration == TimeSpan.Zero)
                {
                    result.AddError($"{name} must be longer than zero.");
                }

                return duration;
            },
        };
}
