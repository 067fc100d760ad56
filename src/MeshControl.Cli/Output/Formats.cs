using System.CommandLine.Parsing;

namespace MeshControl.Cli.Output;

/// <summary>Names of output formats on the command line.</summary>
internal static class Formats
{
    /// <summary>All of them, for completion.</summary>
    public static IReadOnlyList<string> Names { get; } = ["text", "json", "json-line", "yaml"];

    public static OutputFormat Parse(ArgumentResult result)
    {
        switch (result.Tokens[^1].Value)
        {
            case "" or "text":
                return OutputFormat.Text;
            case "json":
                return OutputFormat.Json;
            case "json-line":
                return OutputFormat.JsonLine;
            case "yaml":
                return OutputFormat.Yaml;
            case var other:
                result.AddError($"\"{other}\" is not an output format; use json, json-line or yaml.");
                return OutputFormat.Text;
        }
    }
}
