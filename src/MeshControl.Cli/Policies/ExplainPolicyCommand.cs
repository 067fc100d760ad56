using System.CommandLine;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Policies;

/// <summary><c>meshctl policy explain</c></summary>
internal static class ExplainPolicyCommand
{
    private const string Whom = "a node (name, id or address), a user, tag:…, group:…, autogroup:…, a name of hosts, or an address";

    public static Command Build(CommandRunner runner)
    {
        var from = new Option<string>("--from") { Description = $"Who: {Whom}.", HelpName = "SRC", Required = true };
        var to = new Option<string>("--to")
        {
            Description = $"Whom: {Whom}; with a port behind a colon, else about all ports.",
            HelpName = "DST[:PORT]",
            Required = true,
        };
        var protocol = ProtocolOption.Create();
        from.CompletionSources.Add(runner.Live.NodeNames);
        to.CompletionSources.Add(runner.Live.NodeNames);
        to.Validators.Add(result =>
        {
            if (AccessTarget.Parse(result.GetValueOrDefault<string>() ?? "") is null)
            {
                result.AddError($"\"{result.GetValueOrDefault<string>()}\" needs one port between 1 and 65535 behind its last colon, or none.");
            }
        });
        var command = new Command("explain", "Say which rule lets one reach the other, or which would be needed.") { from, to, protocol };
        command.Aliases.Add("why");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var target = AccessTarget.Parse(context.Arguments.GetRequiredValue(to))!.Value;
            var request = new ExplainAccessRequest
            {
                Source = context.Arguments.GetRequiredValue(from),
                Destination = target.Name,
                Port = target.Port,
            };
            if (context.Arguments.GetValue(protocol) is { } number)
            {
                request.Protocol = number;
            }

            var answer = await client.ExplainAccessAsync(request, cancellationToken);
            context.Output.Value(ExplanationView.ToJson(request, answer), ExplanationView.ToText(request, answer, context.Host.UseColour));
            return ExitCodes.Ok;
        });
        return command;
    }
}
