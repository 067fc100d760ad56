using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Users;

/// <summary><c>meshctl users set-role</c></summary>
internal static class SetUserRoleCommand
{
    public static Command Build(CommandRunner runner)
    {
        var user = new Argument<string>("USER") { Description = "The user: name, id or e-mail address." };
        var role = new Argument<UserRole>("ROLE")
        {
            Description = "member, owner, admin, network-admin, it-admin, billing-admin or auditor.",
            CustomParser = UserRoles.Parse,
        };
        user.CompletionSources.Add(runner.Live.UserNames);
        role.CompletionSources.Clear();
        role.CompletionSources.Add(UserRoles.Names);
        var command = new Command("set-role", "Say what a user is to the tailnet: policies speak of roles, and clients show who administers.")
        {
            user, role,
        };
        command.Aliases.Add("role");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var request = new SetUserRoleRequest
            {
                User = context.Arguments.GetRequiredValue(user),
                Role = context.Arguments.GetRequiredValue(role),
            };
            var changed = await client.SetUserRoleAsync(request, cancellationToken);
            context.Output.Value(UserView.ToJson(changed), "Role set");
            return ExitCodes.Ok;
        });
        return command;
    }
}
