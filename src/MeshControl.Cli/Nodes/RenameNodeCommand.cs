using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.Nodes;

/// <summary><c>meshctl nodes rename</c></summary>
internal static class RenameNodeCommand
{
    public static Command Build(CommandRunner runner)
    {
        var id = IdOption.Create("The node.", required: true);
        id.CompletionSources.Add(runner.Live.NodeIds);
        var newName = new Argument<string>("NEW_NAME") { Description = "A DNS label: letters, digits and hyphens." };
        var command = new Command("rename", "Give a node a name that stays, whatever its client calls itself.") { newName, id };
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var request = new RenameNodeRequest
            {
                Id = context.Arguments.GetValue(id),
                NewName = context.Arguments.GetRequiredValue(newName),
            };
            var node = await client.RenameNodeAsync(request, cancellationToken);
            context.Output.Value(NodeView.ToJson(node), "Node renamed");
            return ExitCodes.Ok;
        });
        return command;
    }
}
