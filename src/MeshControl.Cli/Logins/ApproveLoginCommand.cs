using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Nodes;

namespace MeshControl.Cli.Logins;

/// <summary><c>meshctl auth approve</c></summary>
internal static class ApproveLoginCommand
{
    public static Command Build(CommandRunner runner)
    {
        var id = AuthIdOption.Create(runner.Live);
        var command = new Command("approve", "Let a device in again, as one of the user whose it was.") { id };
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var request = new ApproveLoginRequest { AuthId = context.Arguments.GetRequiredValue(id) };
            var node = await client.ApproveLoginAsync(request, cancellationToken);
            context.Output.Value(NodeView.ToJson(node), LoginView.Describe(node, "approved"));
            return ExitCodes.Ok;
        });
        return command;
    }
}
