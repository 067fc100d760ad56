using System.CommandLine;
using MeshControl.Admin;
using MeshControl.Cli.Commands;
using MeshControl.Server;

namespace MeshControl.Cli.Servers;

/// <summary><c>meshctl serve</c>. This and the check of a configuration are all of the program that knows the server.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    public static Command Build(CommandRunner runner, GlobalOptions options)
    {
        var command = new Command(Name, "Run the server until it is asked to stop (SIGINT or SIGTERM).");
        runner.Local(command, (context, cancellationToken) => MeshServer.RunAsync(
            context.Arguments.GetValue(options.Config), EnvironmentOf(context, options), context.Host.Error, cancellationToken));
        return command;
    }

    /// <summary>The variables that the server goes by: a flag is stronger than the variable, which is stronger than the file.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(CommandContext context, GlobalOptions options) =>
        context.Arguments.GetValue(options.Socket) is { } socket
            ? new Dictionary<string, string>(context.Host.Environment)
            {
                [AdminDefaults.UnixSocketVariable] = Path.GetFullPath(socket, context.Host.WorkingDirectory),
            }
            : context.Host.Environment;
}
