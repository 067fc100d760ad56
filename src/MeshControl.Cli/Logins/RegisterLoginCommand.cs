using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Nodes;

namespace MeshControl.Cli.Logins;

/// <summary><c>meshctl auth register</c></summary>
internal static class RegisterLoginCommand
{
    public static Command Build(CommandRunner runner)
    {
        var id = AuthIdOption.Create(runner.Live);
        var user = new Option<string>("--user", "-u")
        {
            Description = "Whose the device will be: name, id or e-mail address.",
            HelpName = "USER",
            Required = true,
            CompletionSources = { runner.Live.UserNames },
        };
        var command = new Command("register", "Let a device in that asks for it, as one of a user.") { id, user };
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var request = new ApproveLoginRequest
            {
                AuthId = context.Arguments.GetRequiredValue(id),
                User = context.Arguments.GetRequiredValue(user),
            };
            if (request.User.Length == 0)
            {
                return context.Output.Failed(CliError.Usage("Say whose the device will be: --user is empty."));
            }

            var node = (await client.ApproveLoginAsync(request, cancellationToken)).Node;
            context.Output.Value(NodeView.ToJson(node), AuthRequestView.Describe(node, "registered"));
            return ExitCodes.Ok;
        });
        return command;
    }
}
