using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.PreAuthKeys;

/// <summary><c>meshctl preauthkeys list</c></summary>
internal static class ListPreAuthKeysCommand
{
    public static Command Build(CommandRunner runner)
    {
        var command = new Command("list", "List keys by their beginnings; used and expired ones too.");
        command.Aliases.Add("ls");
        command.Aliases.Add("show");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var keys = await client.ListPreAuthKeysAsync(new ListPreAuthKeysRequest(), cancellationToken).ToListAsync(cancellationToken);
            context.Output.List(keys, PreAuthKeyView.Columns(context.Now), PreAuthKeyView.ToJson);
            return ExitCodes.Ok;
        });
        return command;
    }
}
