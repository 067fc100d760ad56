using System.CommandLine;
using System.Text.Json.Nodes;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Servers;

/// <summary><c>meshctl health</c></summary>
internal static class HealthCommand
{
    public static Command Build(CommandRunner runner)
    {
        var command = new Command("health", "Ask the server whether it and its database work; exit status 0 when they do.");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var health = await client.GetHealthAsync(cancellationToken);
            var value = new JsonObject { ["database_connectivity"] = health.DatabaseConnectivity };
            if (health.DatabaseConnectivity)
            {
                context.Output.Value(value, "The server and its database work.");
                return ExitCodes.Ok;
            }

            value["database_problem"] = health.DatabaseProblem;
            context.Output.Value(value, $"The database does not answer: {TerminalText.Clean(health.DatabaseProblem)}");
            return ExitCodes.Failure;
        });
        return command;
    }
}
