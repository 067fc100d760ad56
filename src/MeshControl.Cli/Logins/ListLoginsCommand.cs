using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Logins;

/// <summary><c>meshctl auth list</c></summary>
internal static class ListLoginsCommand
{
    public static Command Build(CommandRunner runner)
    {
        var command = new Command("list", "List devices that ask to be let in.");
        command.Aliases.Add("ls");
        command.Aliases.Add("show");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var logins = await client.ListLoginsAsync(new ListLoginsRequest(), cancellationToken).ToListAsync(cancellationToken);
            context.Output.List(logins, LoginView.Columns, LoginView.ToJson);
            return ExitCodes.Ok;
        });
        return command;
    }
}
