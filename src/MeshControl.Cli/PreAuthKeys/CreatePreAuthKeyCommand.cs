using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.PreAuthKeys;

/// <summary><c>meshctl preauthkeys create</c></summary>
internal static class CreatePreAuthKeyCommand
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    public static Command Build(CommandRunner runner)
    {
        var user = new Option<string?>("--user", "-u")
        {
            Description = "Who will own the nodes: name, id or e-mail address.",
            HelpName = "USER",
            CompletionSources = { runner.Live.UserNames },
        };
        var reusable = new Option<bool>("--reusable") { Description = "Let the key be used more than once." };
        var ephemeral = new Option<bool>("--ephemeral") { Description = "Remove nodes some time after they went offline." };
        var preapproved = new Option<bool>("--preapproved") { Description = "Let the devices in without approval." };
        var expiration = DurationOption.Create("--expiration", ["-e"], "How long the key can be used. [default: 1h]");
        var tags = ListOption.Create("--tags", [], "Tags that the nodes get instead of an owner.", "tag:a,tag:b");
        var command = new Command("create", "Create a key and print it; it is shown this once.")
        {
            user, reusable, ephemeral, preapproved, expiration, tags,
        };
        command.Aliases.Add("c");
        command.Aliases.Add("new");
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var arguments = context.Arguments;
            var created = await client.CreatePreAuthKeyAsync(
                new CreatePreAuthKeyRequest
                {
                    User = arguments.GetValue(user) ?? "",
                    Tags = { arguments.GetValue(tags) },
                    Reusable = arguments.GetValue(reusable),
                    Ephemeral = arguments.GetValue(ephemeral),
                    Preapproved = arguments.GetValue(preapproved),
                    Lifetime = Duration.FromTimeSpan(arguments.GetValue(expiration) ?? DefaultLifetime),
                },
                cancellationToken);
            var value = PreAuthKeyView.ToJson(created.PreAuthKey);
            value.Insert(value.IndexOf("prefix"), "key", created.Key);
            context.Output.Value(value, created.Key);
            return ExitCodes.Ok;
        });
        return command;
    }
}
