using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.PreAuthKeys;

/// <summary><c>meshctl preauthkeys delete</c></summary>
internal static class DeletePreAuthKeyCommand
{
    public static Command Build(CommandRunner runner)
    {
        var id = KeyOption.Create();
        id.CompletionSources.Add(runner.Live.PreAuthKeyIds);
        var command = new Command("delete", "Remove a key; nodes that joined with it stay.") { id };
        command.Aliases.Add("del");
        command.Aliases.Add("rm");
        command.Aliases.Add("d");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var selector = context.Arguments.GetRequiredValue(id);
            if (await context.ConfirmAsync($"Do you want to remove the pre-auth key {selector}?", "Key not deleted", cancellationToken)
                is { } status)
            {
                return status;
            }

            var request = selector.Text.Length > 0
                ? new DeletePreAuthKeyRequest { Key = selector.Text }
                : new DeletePreAuthKeyRequest { Id = selector.Id };
            await client.DeletePreAuthKeyAsync(request, cancellationToken);
            context.Output.Done("Key deleted");
            return ExitCodes.Ok;
        });
        return command;
    }
}
