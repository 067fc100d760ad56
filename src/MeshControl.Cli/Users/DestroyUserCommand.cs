using System.CommandLine;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.Users;

/// <summary><c>meshctl users destroy</c></summary>
internal static class DestroyUserCommand
{
    public static Command Build(CommandRunner runner)
    {
        var selector = new UserSelector(runner.Live);
        var command = new Command("destroy", "Remove a user who owns no nodes, and the user's pre-auth keys.");
        command.Aliases.Add("delete");
        selector.AddTo(command);
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            // Fetched even when nothing is asked, so that what is removed is what was shown, by its id.
            var user = await client.GetUserAsync(selector.Read(context.Arguments), cancellationToken);
            if (await context.ConfirmAsync(
                $"Do you want to remove the user {user.Name} and all pre-auth keys of this user?", "User not destroyed", cancellationToken)
                is { } status)
            {
                return status;
            }

            await client.DeleteUserAsync($"{user.Id}", cancellationToken);
            context.Output.Done("User destroyed");
            return ExitCodes.Ok;
        });
        return command;
    }
}
