using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.ApiKeys;

/// <summary><c>meshctl apikeys delete</c></summary>
internal static class DeleteApiKeyCommand
{
    public static Command Build(CommandRunner runner)
    {
        var options = new ApiKeyOptions(runner.Live);
        var command = new Command("delete", "Remove a key for good.");
        options.AddTo(command);
        command.Aliases.Add("remove");
        command.Aliases.Add("del");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var (id, prefix) = options.Read(context.Arguments);
            var request = id is { } known ? new DeleteApiKeyRequest { Id = known } : new DeleteApiKeyRequest { Prefix = prefix };
            await client.DeleteApiKeyAsync(request, cancellationToken);
            context.Output.Done("Key deleted");
            return ExitCodes.Ok;
        });
        return command;
    }
}
