using System.CommandLine;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Policies;

/// <summary><c>meshctl policy history</c></summary>
internal static class PolicyHistoryCommand
{
    private const int DefaultCount = 50;

    public static Command Build(CommandRunner runner)
    {
        var count = new Option<int>("--limit", "-n")
        {
            Description = "How many, from the newest; 0 lists all.",
            HelpName = "NUMBER",
            DefaultValueFactory = _ => DefaultCount,
        };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--limit is a number from 0.");
            }
        });
        var command = new Command("history", "List the versions of the policy, the newest first.") { count };
        command.Aliases.Add("versions");
        command.Aliases.Add("log");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var list = await client.ListPolicyVersionsAsync(context.Arguments.GetValue(count), cancellationToken);
            context.Output.List(list, PolicyVersionView.Columns, PolicyVersionView.ToJson);
            return ExitCodes.Ok;
        });
        return command;
    }
}
