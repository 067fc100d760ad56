using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MeshControl.Cli.Input;

/// <summary>Options whose value is the numeric id of something; 0 when not given.</summary>
internal static class IdOption
{
    public static Option<long> Create(string description, bool required) => new("--identifier", "-i")
    {
        Description = description,
        HelpName = "ID",
        Required = required,
        CustomParser = Parse,
    };

    /// <summary>For options of other names.</summary>
    public static long Parse(ArgumentResult result) => Parse(result, result.Tokens[^1].Value);

    /// <summary>For options that take several ids, separated by commas or given one by one.</summary>
    public static long[] ParseMany(ArgumentResult result) =>
        [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)).Select(text => Parse(result, text)).Distinct()];

    private static long Parse(ArgumentResult result, string text)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == 0)
        {
            result.AddError($"\"{text}\" is not an id; ids are whole numbers from 1.");
        }

        return id;
    }
}
