using System.CommandLine;

namespace MeshControl.Cli.Input;

/// <summary>Options that take several values, separated by commas or given one by one.</summary>
internal static class ListOption
{
    public static Option<string[]> Create(string name, string[] aliases, string description, string helpName) => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => [],
        CustomParser = result => [.. result.Tokens.SelectMany(token => Split(token.Value))],
    };

    private static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
