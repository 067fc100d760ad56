using System.CommandLine;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Policies;

/// <summary><c>meshctl policy preview</c></summary>
internal static class PreviewPolicyCommand
{
    public static Command Build(CommandRunner runner)
    {
        var file = PolicyInput.Create(required: true);
        var command = new Command("preview", "Show who would gain and who would lose what if a policy were set; nothing is changed.") { file };
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var source = context.Arguments.GetRequiredValue(file)!;
            var (text, error) = await PolicyInput.ReadAsync(context, source, cancellationToken);
            if (text is null)
            {
                return context.Output.Failed(error!);
            }

            var preview = await client.PreviewPolicyAsync(text, cancellationToken);
            if (preview.Problem is { } problem)
            {
                return PolicyProblems.Report(context, PolicyInput.NameOf(source), problem);
            }

            context.Output.Value(PreviewView.ToJson(preview), PreviewView.ToText(preview, context.Host.UseColour));
            return ExitCodes.Ok;
        });
        return command;
    }
}
