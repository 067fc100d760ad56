using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Nodes;

/// <summary><c>meshctl nodes ping</c></summary>
internal static class PingNodeCommand
{
    public static Command Build(CommandRunner runner)
    {
        var id = IdOption.Create("The node.", required: false);
        var name = new Argument<string?>("NAME")
        {
            Description = "The node's name as `nodes list` shows it, alone or with the domain behind it.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        id.CompletionSources.Add(runner.Live.NodeIds);
        name.CompletionSources.Add(runner.Live.NodeNames);
        var command = new Command("ping", "Ask a node to answer through its connection to the server.") { name, id };
        command.Validators.Add(result =>
        {
            if (result.GetResult(id) is null == result.GetResult(name) is null or { Tokens.Count: 0 })
            {
                result.AddError("Either NAME or --identifier must be given, and not both.");
            }
        });
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var wanted = context.Arguments.GetValue(name);
            var node = wanted is null
                ? await client.GetNodeAsync(context.Arguments.GetValue(id), cancellationToken)
                : await client.ListNodesAsync(new ListNodesRequest(), cancellationToken)
                    .FirstOrDefaultAsync(node => IsCalled(node, wanted), cancellationToken);
            if (node is null)
            {
                return context.Output.Failed(new CliError(
                    ExitCodes.NotFound, $"There is no node called {wanted}; `meshctl nodes list` shows them."));
            }

            var latency = await client.PingNodeAsync(node.Id, cancellationToken);
            var milliseconds = Math.Round(latency.TotalMilliseconds, 1);
            context.Output.Value(
                new JsonObject { ["id"] = node.Id, ["given_name"] = node.GivenName, ["latency_ms"] = milliseconds },
                string.Create(CultureInfo.InvariantCulture, $"pong from {TerminalText.Clean(node.GivenName)} (ID {node.Id}) in {milliseconds} ms"));
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>The label decides: it is unique, and the domain is the same for all.</summary>
    private static bool IsCalled(Node node, string name) =>
        string.Equals(node.GivenName, name.Split('.', 2)[0], StringComparison.OrdinalIgnoreCase);
}
