using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.ApiKeys;

/// <summary><c>meshctl apikeys list</c></summary>
internal static class ListApiKeysCommand
{
    public static Command Build(CommandRunner runner)
    {
        var command = new Command("list", "List keys by their beginnings; expired ones too.");
        command.Aliases.Add("ls");
        command.Aliases.Add("show");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var keys = await client.ListApiKeysAsync(new ListApiKeysRequest(), cancellationToken).ToListAsync(cancellationToken);
            context.Output.List(keys, ApiKeyView.Columns(context.Now), ApiKeyView.ToJson);
            return ExitCodes.Ok;
        });
        return command;
    }
}
