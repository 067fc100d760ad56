using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.Nodes;

/// <summary><c>meshctl nodes tag</c></summary>
internal static class TagNodeCommand
{
    public static Command Build(CommandRunner runner)
    {
        var id = IdOption.Create("The node.", required: true);
        id.CompletionSources.Add(runner.Live.NodeIds);
        var tags = ListOption.Create("--tags", ["-t"], "All tags that the node has from now on.", "tag:a,tag:b", required: true);
        var command = new Command("tag", "Replace the tags of a node; the node of a user belongs to its tags from then on.") { id, tags };
        command.Aliases.Add("tags");
        command.Aliases.Add("t");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var request = new SetNodeTagsRequest { Id = context.Arguments.GetValue(id), Tags = { context.Arguments.GetRequiredValue(tags) } };
            var before = await client.GetNodeAsync(request.Id, cancellationToken);

            // Without a tag there is nothing to agree to: the server refuses that.
            if (before.User is { } owner && request.Tags.Count > 0 && await context.ConfirmAsync(
                $"Do you want to take the node {before.GivenName} from {owner.Name} and give it to its tags, for good?",
                "Node not updated",
                cancellationToken) is { } status)
            {
                return status;
            }

            var node = await client.SetNodeTagsAsync(request, cancellationToken);
            context.Output.Value(NodeView.ToJson(node), "Node updated");
            return ExitCodes.Ok;
        });
        return command;
    }
}
