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
        var command = new Command("approve", "Approve an SSH login that needs a check, or let a device in again, as one of the user whose it was.") { id };
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var request = new ApproveLoginRequest { AuthId = context.Arguments.GetRequiredValue(id) };
            var approved = await client.ApproveLoginAsync(request, cancellationToken);
            if (approved.SshCheck is { } check)
            {
                context.Output.Value(
                    AuthRequestView.ToJson(check), $"SSH from {check.SourceName} to {check.DestinationName} as {check.LocalUser} approved");
            }
            else
            {
                context.Output.Value(NodeView.ToJson(approved.Node), AuthRequestView.Describe(approved.Node, "approved"));
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
