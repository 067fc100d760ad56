using System.CommandLine;
using MeshControl.Admin;
using MeshControl.Cli.Commands;
using MeshControl.Server;

namespace MeshControl.Cli.Servers;

/// <summary><c>meshctl serve</c>. The only file of the program that knows the server.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    public static Command Build(CommandRunner runner, GlobalOptions options)
    {
        var command = new Command(Name, "Run the server until it is asked to stop (SIGINT or SIGTERM).");
        runner.Local(command, (context, cancellationToken) =>
        {
            var environment = context.Host.Environment;
            if (context.Arguments.GetValue(options.Socket) is { } socket)
            {
                // A flag is stronger than the variable, which is stronger than the file.
                environment = new Dictionary<string, string>(environment)
                {
                    [AdminDefaults.UnixSocketVariable] = Path.GetFullPath(socket, context.Host.WorkingDirectory),
                };
            }

            return MeshServer.RunAsync(context.Arguments.GetValue(options.Config), environment, context.Host.Error, cancellationToken);
        });
        return command;
    }
}
