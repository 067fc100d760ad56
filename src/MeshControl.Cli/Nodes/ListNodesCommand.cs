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
        var nodes = NodeSelector.Create(runner.Live);
        var command = new Command("list", "List nodes, all of them or those to which everything applies that is asked for.");
        nodes.AddTo(command, required: false);
        command.Aliases.Add("ls");
        command.Aliases.Add("show");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var request = new ListNodesRequest { Filter = nodes.Read(context.Arguments) };
            var found = await client.ListNodesAsync(request, cancellationToken).ToListAsync(cancellationToken);
            context.Output.List(found, NodeView.Columns(context.Now), NodeView.ToJson);
            return ExitCodes.Ok;
        });
        return command;
    }
}
