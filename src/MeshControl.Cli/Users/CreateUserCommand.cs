using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Users;

/// <summary><c>meshctl users create</c></summary>
internal static class CreateUserCommand
{
    public static Command Build(CommandRunner runner)
    {
        var name = new Argument<string>("NAME") { Description = "Unique name; begins with a letter." };
        var displayName = new Option<string?>("--display-name", "-d") { Description = "Name as people write it.", HelpName = "TEXT" };
        var email = new Option<string?>("--email", "-e") { Description = "E-mail address.", HelpName = "ADDRESS" };
        var picture = new Option<string?>("--picture-url", "-p") { Description = "Where clients find a picture.", HelpName = "URL" };
        picture.Validators.Add(result =>
        {
            var text = result.GetValueOrDefault<string?>();
            if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            {
                result.AddError($"\"{text}\" is not the URL of a picture; it has to begin with https:// or http://.");
            }
        });
        var role = new Option<UserRole>("--role")
        {
            Description = "What the user is to the tailnet: member, owner, admin, network-admin, it-admin, billing-admin or auditor. [default: owner for the first user, else member]",
            HelpName = "ROLE",
            CustomParser = UserRoles.Parse,
        };
        role.CompletionSources.Clear();
        role.CompletionSources.Add(UserRoles.Names);
        var command = new Command("create", "Create a user.") { name, displayName, email, picture, role };
        command.Aliases.Add("c");
        command.Aliases.Add("new");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var user = await client.CreateUserAsync(
                new CreateUserRequest
                {
                    Name = context.Arguments.GetValue(name),
                    DisplayName = context.Arguments.GetValue(displayName) ?? "",
                    Email = context.Arguments.GetValue(email) ?? "",
                    ProfilePicUrl = context.Arguments.GetValue(picture) ?? "",
                    Role = context.Arguments.GetValue(role),
                },
                cancellationToken);
            context.Output.Value(UserView.ToJson(user), "User created");
            return ExitCodes.Ok;
        });
        return command;
    }
}
