using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.ApiKeys;

/// <summary><c>meshctl apikeys expire</c></summary>
internal static class ExpireApiKeyCommand
{
    public static Command Build(CommandRunner runner)
    {
        var options = new ApiKeyOptions(runner.Live);
        var command = new Command("expire", "Refuse a key from now on; it stays in the list.");
        options.AddTo(command);
        command.Aliases.Add("revoke");
        command.Aliases.Add("exp");
        command.Aliases.Add("e");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var (id, prefix) = options.Read(context.Arguments);
            var request = id is { } known ? new ExpireApiKeyRequest { Id = known } : new ExpireApiKeyRequest { Prefix = prefix };
            await client.ExpireApiKeyAsync(request, cancellationToken);
            context.Output.Done("Key expired");
            return ExitCodes.Ok;
        });
        return command;
    }
}
