using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.Users;

/// <summary><c>meshctl users list</c></summary>
internal static class ListUsersCommand
{
    public static Command Build(CommandRunner runner)
    {
        var id = IdOption.Create("Only the user with this id.", required: false);
        var name = new Option<string?>("--name", "-n") { Description = "Only the user with this name.", HelpName = "NAME" };
        var email = new Option<string?>("--email", "-e") { Description = "Only users with this e-mail address.", HelpName = "ADDRESS" };
        id.CompletionSources.Add(runner.Live.UserIds);
        name.CompletionSources.Add(runner.Live.UserNames);
        var command = new Command("list", "List users. Of several filters, the id counts before the name and the name before the e-mail.")
        {
            id, name, email,
        };
        command.Aliases.Add("ls");
        command.Aliases.Add("show");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var request = new ListUsersRequest();
            if (context.Arguments.GetValue(id) is > 0 and var wantedId)
            {
                request.Id = wantedId;
            }
            else if (context.Arguments.GetValue(name) is { } wantedName)
            {
                request.Name = wantedName;
            }
            else if (context.Arguments.GetValue(email) is { } wantedEmail)
            {
                request.Email = wantedEmail;
            }

            var users = await client.ListUsersAsync(request, cancellationToken).ToListAsync(cancellationToken);
            context.Output.List(users, UserView.Columns, UserView.ToJson);
            return ExitCodes.Ok;
        });
        return command;
    }
}
