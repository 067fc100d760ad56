using System.CommandLine;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Logins;

/// <summary><c>meshctl auth list</c></summary>
internal static class ListLoginsCommand
{
    public static Command Build(CommandRunner runner)
    {
        var command = new Command("list", "List devices that ask to be let in, and SSH logins that need a check.");
        command.Aliases.Add("ls");
        command.Aliases.Add("show");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var requests = await AuthRequest.ListAsync(client, pageSize: 0, cancellationToken).ToListAsync(cancellationToken);
            context.Output.List(requests, AuthRequestView.Columns, AuthRequestView.ToJson);
            return ExitCodes.Ok;
        });
        return command;
    }
}
