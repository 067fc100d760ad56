using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.ApiKeys;

/// <summary><c>meshctl apikeys create</c></summary>
internal static class CreateApiKeyCommand
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(90);

    public static Command Build(CommandRunner runner)
    {
        var expiration = DurationOption.Create("--expiration", ["-e"], "How long the key can be used. [default: 90d]");
        var command = new Command("create", "Create a key and print it; it is shown this once.") { expiration };
        command.Aliases.Add("c");
        command.Aliases.Add("new");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var lifetime = context.Arguments.GetValue(expiration) ?? DefaultLifetime;
            var created = await client.CreateApiKeyAsync(
                new CreateApiKeyRequest { Lifetime = Duration.FromTimeSpan(lifetime) }, cancellationToken);
            var value = ApiKeyView.ToJson(created.ApiKey);
            value.Insert(value.IndexOf("prefix"), "key", created.Key);
            context.Output.Value(value, created.Key);
            return ExitCodes.Ok;
        });
        return command;
    }
}
