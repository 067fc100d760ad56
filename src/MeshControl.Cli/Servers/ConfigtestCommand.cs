using System.CommandLine;
using System.Text.Json.Nodes;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Output;
using MeshControl.Server;

namespace MeshControl.Cli.Servers;

/// <summary>
/// <c>meshctl configtest</c>. Knows the server, because what it says has to be what the server would say at its start.
/// </summary>
internal static class ConfigtestCommand
{
    public static Command Build(CommandRunner runner, GlobalOptions options)
    {
        var command = new Command("configtest", "Check the configuration without starting the server or changing anything.");
        runner.Local(command, (context, _) =>
        {
            var report = ConfigurationCheck.Run(
                context.Arguments.GetValue(options.Config), ServeCommand.EnvironmentOf(context, options), context.Host.Time);
            var isValid = report.Errors.Count == 0;
            if (context.Output.IsText)
            {
                Write(context, "Error", report.Errors);
                Write(context, "Warning", report.Warnings);
                Write(context, "Ignored", report.IgnoredKeys);
            }

            var file = report.File ?? "no file, defaults apply";
            var value = new JsonObject
            {
                ["valid"] = isValid,
                ["file"] = report.File,
                ["errors"] = ToJson(report.Errors),
                ["warnings"] = ToJson(report.Warnings),
                ["ignored_keys"] = ToJson(report.IgnoredKeys),
            };
            context.Output.Value(value, isValid ? $"Configuration is valid ({file})" : $"Configuration is not valid ({file})");
            return Task.FromResult(isValid ? ExitCodes.Ok : ExitCodes.Usage);
        });
        return command;
    }

    private static void Write(CommandContext context, string kind, IReadOnlyList<string> sentences)
    {
        foreach (var sentence in sentences)
        {
            context.Host.Error.WriteLine($"{kind}: {TerminalText.Clean(sentence)}");
        }
    }

    private static JsonArray ToJson(IReadOnlyList<string> sentences) => new([.. sentences.Select(sentence => JsonValue.Create(sentence))]);
}
