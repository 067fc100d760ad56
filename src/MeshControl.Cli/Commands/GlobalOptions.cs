using System.CommandLine;
using MeshControl.Cli.Connection;
using MeshControl.Cli.Input;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Commands;

/// <summary>Options that every command takes.</summary>
internal sealed class GlobalOptions
{
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

    public Option<string?> Address { get; } = new("--address")
    {
        Description = "Server on another machine, such as mesh.example.com:50443; needs an API key.",
        HelpName = "HOST:PORT",
        Recursive = true,
    };

    public Option<string?> ApiKey { get; } = new("--api-key")
    {
        Description = "API key for --address; who lists processes sees it, so better use --api-key-file.",
        HelpName = "KEY",
        Recursive = true,
    };

    public Option<string?> ApiKeyFile { get; } = new("--api-key-file")
    {
        Description = "File that holds the API key for --address.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string?> CaFile { get; } = new("--ca-file")
    {
        Description = "Certificate of the authority to trust with --address, instead of the system's.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<bool> Insecure { get; } = new("--insecure")
    {
        Description = "Take any certificate; whoever is in between can then read the API key.",
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

    /// <summary>What the command line says about the server.</summary>
    public ConnectionFlags ConnectionOf(ParseResult arguments) => new()
    {
        Config = arguments.GetValue(Config),
        Socket = arguments.GetValue(Socket),
        Address = arguments.GetValue(Address),
        ApiKey = arguments.GetValue(ApiKey),
        ApiKeyFile = arguments.GetValue(ApiKeyFile),
        CaFile = arguments.GetValue(CaFile),
        Insecure = arguments.GetValue(Insecure),
        Timeout = arguments.GetValue(Timeout),
    };

    public void AddTo(Command root)
    {
        // The names of the values in the program are not those on the command line.
        Output.CompletionSources.Clear();
        Output.CompletionSources.Add([.. Formats.Names]);
        root.Options.Add(Config);
        root.Options.Add(Socket);
        root.Options.Add(Address);
        root.Options.Add(ApiKey);
        root.Options.Add(ApiKeyFile);
        root.Options.Add(CaFile);
        root.Options.Add(Insecure);
        root.Options.Add(Output);
        root.Options.Add(Force);
        root.Options.Add(Timeout);
    }
}
