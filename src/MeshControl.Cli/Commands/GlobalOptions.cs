using System.CommandLine;
using MeshControl.Cli.Input;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Commands;

/// <summary>Options that every command takes.</summary>
internal sealed class GlobalOptions
{
    /// <summary>For one request to the server; long enough for a machine under load.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public Option<string?> Config { get; } = new("--config", "-c")
    {
        Description = "Configuration file of the server; its unix_socket says where the server is found.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string?> Socket { get; } = new("--socket")
    {
        Description = "Unix socket of the server.",
        HelpName = "PATH",
        Recursive = true,
    };

    public Option<OutputFormat> Output { get; } = new("--output", "-o")
    {
        Description = "Print json, json-line or yaml instead of text.",
        HelpName = "FORMAT",
        Recursive = true,
        CustomParser = result => Formats.Parse(result),
    };

    public Option<bool> Force { get; } = new("--force")
    {
        Description = "Answer every question with yes.",
        Recursive = true,
    };

    public Option<TimeSpan?> Timeout { get; } = DurationOption.Create(
        "--timeout", [], "Give up on a request to the server after this time. [default: 30s]", recursive: true);

    public void AddTo(Command root)
    {
        // The names of the values in the program are not those on the command line.
        Output.CompletionSources.Clear();
        Output.CompletionSources.Add([.. Formats.Names]);
        root.Options.Add(Config);
        root.Options.Add(Socket);
        root.Options.Add(Output);
        root.Options.Add(Force);
        root.Options.Add(Timeout);
    }
}
