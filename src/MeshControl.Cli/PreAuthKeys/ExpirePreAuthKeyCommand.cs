using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.PreAuthKeys;

/// <summary><c>meshctl preauthkeys expire</c></summary>
internal static class ExpirePreAuthKeyCommand
{
    public static Command Build(CommandRunner runner)
    {
        var id = KeyOption.Create();
        id.CompletionSources.Add(runner.Live.PreAuthKeyIds);
        var command = new Command("expire", "Let nobody join with a key any more; nodes that did stay.") { id };
        command.Aliases.Add("revoke");
        command.Aliases.Add("exp");
        command.Aliases.Add("e");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var selector = context.Arguments.GetRequiredValue(id);
            var request = selector.Text.Length > 0
                ? new ExpirePreAuthKeyRequest { Key = selector.Text }
                : new ExpirePreAuthKeyRequest { Id = selector.Id };
            var key = await client.ExpirePreAuthKeyAsync(request, cancellationToken);
            context.Output.Value(PreAuthKeyView.ToJson(key), "Key expired");
            return ExitCodes.Ok;
        });
        return command;
    }
}
