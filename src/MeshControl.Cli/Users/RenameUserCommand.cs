using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.Users;

/// <summary><c>meshctl users rename</c></summary>
internal static class RenameUserCommand
{
    public static Command Build(CommandRunner runner)
    {
        var selector = new UserSelector(runner.Live);
        var newName = new Option<string>("--new-name", "-r")
        {
            Description = "What the user is called from now on.",
            HelpName = "NAME",
            Required = true,
        };
        var command = new Command("rename", "Give a user another name.") { newName };
        command.Aliases.Add("mv");
        selector.AddTo(command);
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var request = new RenameUserRequest
            {
                User = selector.Read(context.Arguments),
                NewName = context.Arguments.GetRequiredValue(newName),
            };
            var user = await client.RenameUserAsync(request, cancellationToken);
            context.Output.Value(UserView.ToJson(user), "User renamed");
            return ExitCodes.Ok;
        });
        return command;
    }
}
