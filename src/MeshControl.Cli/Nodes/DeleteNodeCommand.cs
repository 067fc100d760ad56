using System.CommandLine;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.Nodes;

/// <summary><c>meshctl nodes delete</c></summary>
internal static class DeleteNodeCommand
{
    public static Command Build(CommandRunner runner)
    {
        var id = IdOption.Create("The node.", required: true);
        id.CompletionSources.Add(runner.Live.NodeIds);
        var command = new Command("delete", "Remove a node from the tailnet; it has to log in again to come back.") { id };
        command.Aliases.Add("del");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var nodeId = context.Arguments.GetValue(id);
            // Fetched even when nothing is asked: the name makes the question, and an unknown id is found out before it.
            var node = await client.GetNodeAsync(nodeId, cancellationToken);
            if (await context.ConfirmAsync($"Do you want to remove the node {node.GivenName}?", "Node not deleted", cancellationToken)
                is { } status)
            {
                return status;
            }

            await client.DeleteNodeAsync(nodeId, cancellationToken);
            context.Output.Done("Node deleted");
            return ExitCodes.Ok;
        });
        return command;
    }
}
