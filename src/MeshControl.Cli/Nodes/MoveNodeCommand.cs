using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Nodes;

/// <summary><c>meshctl nodes move</c></summary>
internal static class MoveNodeCommand
{
    public static Command Build(CommandRunner runner)
    {
        var nodes = NodeSelector.CreateBesideNewOwner(runner.Live);
        var user = new Option<string>("--user", "-u")
        {
            Description = "Whose they will be: name, id or e-mail address.",
            HelpName = "USER",
            Required = true,
            CompletionSources = { runner.Live.UserNames },
        };
        var command = new Command("move", "Give nodes of a user to another user; they stay connected, and what they are otherwise.");
        nodes.AddTo(command, required: true);
        command.Options.Add(user);
        command.Aliases.Add("mv");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var request = new MoveNodeRequest { User = context.Arguments.GetRequiredValue(user) };
            if (!nodes.IsOne(context.Arguments, out var id))
            {
                return await ManyNodes.ChangeAsync(
                    client,
                    context,
                    nodes.Read(context.Arguments),
                    these => $"Do you want to give {these} to {TerminalText.Clean(request.User)}?",
                    "moved",
                    new ChangeNodesRequest { Move = request },
                    cancellationToken);
            }

            request.Id = id;
            context.Output.Value(NodeView.ToJson(await client.MoveNodeAsync(request, cancellationToken)), "Node moved");
            return ExitCodes.Ok;
        });
        return command;
    }
}
