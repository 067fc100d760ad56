using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Nodes;

/// <summary><c>meshctl nodes delete</c></summary>
internal static class DeleteNodeCommand
{
    public static Command Build(CommandRunner runner)
    {
        var nodes = NodeSelector.Create(runner.Live);
        var command = new Command("delete", "Remove nodes from the tailnet; they have to log in again to come back.");
        nodes.AddTo(command, required: true);
        command.Aliases.Add("del");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            if (!nodes.IsOne(context.Arguments, out var nodeId))
            {
                return await ManyNodes.ChangeAsync(
                    client,
                    context,
                    nodes.Read(context.Arguments),
                    these => $"Do you want to remove {these}?",
                    "deleted",
                    new ChangeNodesRequest { Delete = new DeleteNodeRequest() },
                    cancellationToken);
            }

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
