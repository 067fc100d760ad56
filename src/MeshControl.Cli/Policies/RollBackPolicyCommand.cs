using System.CommandLine;
using MeshControl.Admin.Grpc;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Policies;

/// <summary><c>meshctl policy rollback</c></summary>
internal static class RollBackPolicyCommand
{
    public static Command Build(CommandRunner runner)
    {
        var version = new Argument<long>("VERSION")
        {
            Description = "The version whose text is wanted back, as `policy history` lists them.",
            CustomParser = IdOption.Parse,
        };
        var command = new Command("rollback", "Put the text of an older version into force again, as a new version.") { version };
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            // Fetched even when nothing is asked: an unknown version is found out before the question.
            var old = (await client.GetPolicyAsync(context.Arguments.GetValue(version), cancellationToken)).Policy;
            var question = $"Do you want version {old.Version} of the policy back, accepted {TimeText.Show(old.AcceptedAt).Text} UTC "
                + $"by {TerminalText.Clean(old.AcceptedBy)}?";
            if (await context.ConfirmAsync(question, "Policy not changed", cancellationToken) is { } status)
            {
                return status;
            }

            try
            {
                var policy = await client.RollBackPolicyAsync(old.Version, cancellationToken);
                context.Output.Value(
                    PolicyVersionView.ToJson(policy), $"Policy rolled back to version {old.Version}, which is version {policy.Version} now");
                return ExitCodes.Ok;
            }
            catch (RpcException exception) when (PolicyProblems.Find(exception) is { } problem)
            {
                return PolicyProblems.Report(context, $"version {old.Version}", problem);
            }
        });
        return command;
    }
}
