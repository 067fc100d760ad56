using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;

namespace MeshControl.Cli.Policies;

/// <summary><c>meshctl policy check</c></summary>
internal static class CheckPolicyCommand
{
    public static Command Build(CommandRunner runner)
    {
        var file = PolicyInput.Create(required: true);
        var offline = new Option<bool>("--offline")
        {
            Description = "Ask no server: the text alone is checked, and its tests are not run, which need users and nodes.",
        };
        var command = new Command("check", "Check a policy as `policy set` would, and change nothing.") { file, offline };
        runner.Local(command, async (context, cancellationToken) =>
        {
            var source = context.Arguments.GetRequiredValue(file)!;
            var (text, error) = await PolicyInput.ReadAsync(context, source, cancellationToken);
            if (text is null)
            {
                return context.Output.Failed(error!);
            }

            return context.Arguments.GetValue(offline)
                ? Report(context, source, CheckHere(text), "Policy is valid (tests not run)")
                : await runner.ConnectAsync(context, async client =>
                    Report(context, source, await client.CheckPolicyAsync(text, cancellationToken), "Policy is valid"));
        });
        return command;
    }

    /// <summary>Domains of the tailnet are not known here, so any will do.</summary>
    private static PolicyProblem? CheckHere(string text) =>
        PolicyReader.TryRead(text, new PolicyTailnet(), out _, out var error) ? null : PolicyProblems.Of(error);

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
