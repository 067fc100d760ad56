using System.CommandLine;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.Nodes;

/// <summary><c>meshctl nodes reject</c></summary>
internal static class RejectNodeCommand
{
    public static Command Build(CommandRunner runner)
    {
        var id = IdOption.Create("The node.", required: true);
        id.CompletionSources.Add(runner.Live.WaitingNodeIds);
        var command = new Command("reject", "Turn a device away that waits for approval; its user is told so.") { id };
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            await client.RejectNodeAsync(context.Arguments.GetValue(id), cancellationToken);
            context.Output.Done("Node rejected");
            return ExitCodes.Ok;
        });
        return command;
    }
}
