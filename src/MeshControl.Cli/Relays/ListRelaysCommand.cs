using System.CommandLine;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Relays;

/// <summary><c>meshctl derp list</c></summary>
internal static class ListRelaysCommand
{
    public static Command Build(CommandRunner runner)
    {
        var command = new Command("list", "List the relays that clients are told about, and what is wrong with the sources of that map.");
        command.Aliases.Add("ls");
        command.Aliases.Add("show");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var map = await client.GetDerpMapAsync(cancellationToken);
            if (!context.Output.IsText)
            {
                context.Output.Value(RelayMapView.ToJson(map), "");
                return ExitCodes.Ok;
            }

            context.Output.List([.. RelayMapView.Rows(map.Regions)], RelayMapView.Columns, _ => RelayMapView.ToJson(map));
            foreach (var warning in RelayMapView.Warnings(map))
            {
                context.Host.Error.WriteLine($"Warning: {TerminalText.Clean(warning)}");
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
