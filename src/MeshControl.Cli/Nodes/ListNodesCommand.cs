using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Nodes;

/// <summary><c>meshctl nodes list</c></summary>
internal static class ListNodesCommand
{
    public static Command Build(CommandRunner runner)
    {
        var user = new Option<string?>("--user", "-u")
        {
            Description = "Only nodes of this user: name, id or e-mail address.",
            HelpName = "USER",
            CompletionSources = { runner.Live.UserNames },
        };
        var command = new Command("list", "List nodes.") { user };
        command.Aliases.Add("ls");
        command.Aliases.Add("show");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var request = new ListNodesRequest { User = context.Arguments.GetValue(user) ?? "" };
            var nodes = await client.ListNodesAsync(request, cancellationToken).ToListAsync(cancellationToken);
            context.Output.List(nodes, NodeView.Columns(context.Now), NodeView.ToJson);
            return ExitCodes.Ok;
        });
        return command;
    }
}
