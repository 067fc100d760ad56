using System.CommandLine;

namespace MeshControl.Cli.Input;

/// <summary>Options that take several values, separated by commas or given one by one.</summary>
internal static class ListOption
{
    public static Option<string[]> Create(string name, string[] aliases, string description, string helpName, bool required = false)
    {
        var option = new Option<string[]>(name, aliases)
        {
            Description = description,
            HelpName = helpName,
            Required = required,
            CustomParser = result => [.. result.Tokens.SelectMany(token => Split(token.Value))],
        };
        if (!required)
        {
            // For a required one, a default would be as good as a value.
            option.DefaultValueFactory = _ => [];
        }

        return option;
    }

    private static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
