using System.Text;
using MeshControl.Admin;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Hosting;
using MeshControl.Testing.Time;

namespace MeshControl.Cli.Tests.Support;

/// <summary>The whole program in a process of the test's making; it is noon on 2026-08-01.</summary>
internal sealed class CliRun
{
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public int ExitCode { get; private set; }

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>What is typed; null: the input is at its end.</summary>
    public string? Typed { get; init; }

    /// <summary>Columns of the terminal; 0: the output is no terminal.</summary>
    public int TerminalWidth { get; init; }

    public string WorkingDirectory { get; init; } = "/";

    public bool Privileged { get; init; }

    public ManualTimeProvider Time { get; init; } = new();

    public CliHost Host => new()
    {
        In = new StringReader(Typed ?? ""),
        Out = new StringWriter(_out),
        Error = new StringWriter(_error),
        OutIsTerminal = TerminalWidth > 0,
        Width = TerminalWidth,
        Environment = Variables,
        Privileged = Privileged,
        WorkingDirectory = WorkingDirectory,

        // A server that is installed on this machine is none of the tests' business.
        Exists = path => path is not (AdminDefaults.SystemConfig or AdminDefaults.SystemSocket) && Path.Exists(path),
        Time = Time,
    };

    public async Task<CliRun> StartAsync(params string[] args)
    {
        ExitCode = await Meshctl.RunAsync(args, Host, TestContext.Current.CancellationToken);
        return this;
    }

    /// <summary>Runs against a server.</summary>
    public Task<CliRun> StartAsync(FakeServer server, params string[] args) => StartAsync([.. args, "--socket", server.Socket]);

    public static Task<CliRun> OfAsync(FakeServer server, params string[] args) => new CliRun().StartAsync(server, args);
}
