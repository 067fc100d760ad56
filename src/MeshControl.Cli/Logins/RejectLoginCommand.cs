using System.CommandLine;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Logins;

/// <summary><c>meshctl auth reject</c></summary>
internal static class RejectLoginCommand
{
    public static Command Build(CommandRunner runner)
    {
        var id = AuthIdOption.Create(runner.Live);
        var command = new Command("reject", "Turn a device away that asks to be let in, or an SSH login that needs a check; its user is told so.") { id };
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            await client.RejectLoginAsync(context.Arguments.GetRequiredValue(id), cancellationToken);
            context.Output.Done("Login rejected");
            return ExitCodes.Ok;
        });
        return command;
    }
}
