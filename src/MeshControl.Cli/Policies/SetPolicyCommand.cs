using System.CommandLine;
using MeshControl.Admin.Grpc;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Policies;

/// <summary><c>meshctl policy set</c></summary>
internal static class SetPolicyCommand
{
    public static Command Build(CommandRunner runner)
    {
        var file = PolicyInput.Create(required: true);
        var command = new Command("set", "Put a policy into force. It is checked before, and its tests are run; clients learn of it at once.") { file };
        command.Aliases.Add("put");
        command.Aliases.Add("update");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var source = context.Arguments.GetRequiredValue(file)!;
            var (text, error) = await PolicyInput.ReadAsync(context, source, cancellationToken);
            if (text is null)
            {
                return context.Output.Failed(error!);
            }

            try
            {
                var policy = await client.SetPolicyAsync(text, cancellationToken);
                context.Output.Value(PolicyVersionView.ToJson(policy), $"Policy updated, version {policy.Version}");
                return ExitCodes.Ok;
            }
            catch (RpcException exception) when (PolicyProblems.Find(exception) is { } problem)
            {
                return PolicyProblems.Report(context, PolicyInput.NameOf(source), problem);
            }
        });
        return command;
    }
}
