using System.CommandLine;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.Policies;

/// <summary><c>meshctl policy get</c></summary>
internal static class GetPolicyCommand
{
    public static Command Build(CommandRunner runner)
    {
        var version = new Option<long>("--version")
        {
            Description = "An older version, as `policy history` lists them; otherwise the one in force.",
            HelpName = "VERSION",
            CustomParser = IdOption.Parse,
        };
        var command = new Command("get", "Print the policy exactly as it was written, whatever --output says.") { version };
        command.Aliases.Add("show");
        command.Aliases.Add("view");
        command.Aliases.Add("fetch");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var policy = await client.GetPolicyAsync(context.Arguments.GetValue(version), cancellationToken);
            await context.Host.Out.WriteAsync(policy.Text);
            await context.Host.Out.FlushAsync(cancellationToken);
            return ExitCodes.Ok;
        });
        return command;
    }
}
