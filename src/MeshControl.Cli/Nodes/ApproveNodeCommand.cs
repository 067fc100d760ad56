using System.CommandLine;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.Nodes;

/// <summary><c>meshctl nodes approve</c></summary>
internal static class ApproveNodeCommand
{
    public static Command Build(CommandRunner runner)
    {
        var id = IdOption.Create("The node.", required: true);
        id.CompletionSources.Add(runner.Live.WaitingNodeIds);
        var command = new Command("approve", "Let a device in that waits for approval; it goes on by itself.") { id };
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var node = await client.ApproveNodeAsync(context.Arguments.GetValue(id), cancellationToken);
            context.Output.Value(NodeView.ToJson(node), "Node approved");
            return ExitCodes.Ok;
        });
        return command;
    }
}
