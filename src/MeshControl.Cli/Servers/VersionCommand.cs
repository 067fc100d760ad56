using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Servers;

/// <summary><c>meshctl version</c></summary>
internal static class VersionCommand
{
    public static Command Build(CommandRunner runner)
    {
        var server = new Option<bool>("--server") { Description = "Ask the running server for its version, too." };
        var command = new Command("version", "Print the version of this program.") { server };
        runner.Local(command, async (context, cancellationToken) =>
        {
            var own = Own();
            if (!context.Arguments.GetValue(server))
            {
                context.Output.Value(ToJson(own), Describe("meshctl", own));
                return ExitCodes.Ok;
            }

            return await runner.ConnectAsync(context, async client =>
            {
                var theirs = await client.GetVersionAsync(cancellationToken);
                var value = ToJson(own);
                value["server"] = ToJson(theirs);
                context.Output.Value(value, $"{Describe("meshctl", own)}\n{Describe("server", theirs)}");
                return ExitCodes.Ok;
            });
        });
        return command;
    }

    private static GetVersionResponse Own()
    {
        // The build appends the revision to the version, behind a plus.
        var full = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var parts = full.Split('+', 2);
        return new GetVersionResponse
        {
            Version = parts[0],
            Commit = parts.Length > 1 ? parts[1] : "",
            Runtime = RuntimeInformation.FrameworkDescription,
            Platform = RuntimeInformation.RuntimeIdentifier.Replace('-', '/'),
        };
    }

    private static string Describe(string name, GetVersionResponse version)
    {
        var revision = version.Commit.Length > 0 ? $" (revision {version.Commit})" : "";
        return $"{name} {version.Version}{revision}, {version.Runtime}, {version.Platform}";
    }

    private static JsonObject ToJson(GetVersionResponse version) => new()
    {
        ["version"] = version.Version,
        ["commit"] = version.Commit,
        ["runtime"] = version.Runtime,
        ["platform"] = version.Platform,
    };
}
