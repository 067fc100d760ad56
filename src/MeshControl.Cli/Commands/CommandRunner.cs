using System.CommandLine;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Cli.Completion;
using MeshControl.Cli.Connection;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Hosting;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Commands;

/// <summary>Runs the bodies of commands: gives them what they need and turns every way to fail into text and exit status.</summary>
internal sealed class CommandRunner(CliHost host, GlobalOptions options)
{
    /// <summary>How long to wait for a socket nobody listens on: a server that was just started needs about a second.</summary>
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);

    /// <summary>Names and ids that the server knows, for completion.</summary>
    public LiveValues Live { get; } = new(host, options);

    /// <summary>A command that needs no server.</summary>
    public void Local(Command command, Func<CommandContext, CancellationToken, Task<int>> body) =>
        command.SetAction((arguments, cancellationToken) => RunAsync(Context(arguments), body, cancellationToken));

    /// <summary>A command that talks to the server.</summary>
    public void Remote(Command command, Func<AdminClient, CommandContext, CancellationToken, Task<int>> body) =>
        Local(command, (context, cancellationToken) => ConnectAsync(context, client => body(client, context, cancellationToken)));

    /// <summary>For what goes wrong before a command runs.</summary>
    public OutputWriter Output(ParseResult arguments)
    {
        // The value of a wrong format throws; then people can read the message at least.
        var isWrong = arguments.GetResult(options.Output) is { } result && result.Errors.Any();
        return new OutputWriter(host, isWrong ? OutputFormat.Text : arguments.GetValue(options.Output));
    }

    /// <summary>Gives <paramref name="body"/> a client, or reports why there is none. It connects with its first call.</summary>
    public async Task<int> ConnectAsync(CommandContext context, Func<AdminClient, Task<int>> body)
    {
        if (TargetLocator.Find(host, options.ConnectionOf(context.Arguments), out var target) is { } error)
        {
            return context.Output.Failed(error);
        }

        using var channel = target!.Open(ConnectPatience, host.Time);
        try
        {
            return await body(new AdminClient(channel, target.Options));
        }
        catch (RpcException exception)
        {
            return context.Output.Failed(target.Explain(exception));
        }
    }

    private CommandContext Context(ParseResult arguments) => new(host, arguments, Output(arguments), arguments.GetValue(options.Force));

    private static async Task<int> RunAsync(
        CommandContext context, Func<CommandContext, CancellationToken, Task<int>> body, CancellationToken cancellationToken)
    {
        try
        {
            return await body(context, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
    }
}
