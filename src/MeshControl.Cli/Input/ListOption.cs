using System.CommandLine;

namespace MeshControl.Cli.Input;

/// <summary>Options that take several values, separated by commas or given one by one.</summary>
internal static class ListOption
{
    public static Option<string[]> Create(
        string name, string[] aliases, string description, string helpName, bool required = false) => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
        Required = required,

        // A default would satisfy the parser, so that nothing were required.
        DefaultValueFactory = required ? null : _ => [],
        CustomParser = result => [.. result.Tokens.SelectMany(token => Split(token.Value))],
    };

    private static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
