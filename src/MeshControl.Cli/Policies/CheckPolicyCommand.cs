using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Policies;

/// <summary><c>meshctl policy check</c></summary>
internal static class CheckPolicyCommand
{
    public static Command Build(CommandRunner runner)
    {
        var file = PolicyInput.Create(required: true);
        var command = new Command("check", "Check a policy as `policy set` would, and change nothing.") { file };
        runner.Local(command, async (context, cancellationToken) =>
        {
            var source = context.Arguments.GetRequiredValue(file)!;
            var (text, error) = await PolicyInput.ReadAsync(context, source, cancellationToken);
            if (text is null)
            {
                return context.Output.Failed(error!);
            }

            return await runner.ConnectAsync(context, async client =>
                Report(context, source, await client.CheckPolicyAsync(text, cancellationToken), "Policy is valid"));
        });
        return command;
    }

    private static int Report(CommandContext context, string source, PolicyProblem? problem, string valid)
    {
        if (problem is not null)
        {
            return PolicyProblems.Report(context, PolicyInput.NameOf(source), problem);
        }

        context.Output.Done(valid);
        return ExitCodes.Ok;
    }
}
