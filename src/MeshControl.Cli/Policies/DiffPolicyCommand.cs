using System.CommandLine;
using System.Text.Json.Nodes;
using MeshControl.Admin.Clients;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.Policies;

/// <summary><c>meshctl policy diff</c></summary>
internal static class DiffPolicyCommand
{
    public static Command Build(CommandRunner runner)
    {
        var from = Version("FROM", "Version on the left; when not given the one before TO, or with --file the one in force.");
        var to = Version("TO", "Version on the right; when not given the one in force.");
        var file = PolicyInput.Create(required: false);
        file.Description = "File on the right, in place of a version; - reads it from the input.";
        var command = new Command("diff", "Compare two versions of the policy, or a version with a file, line by line.") { from, to, file };
        command.Validators.Add(result =>
        {
            if (result.GetResult(file) is not null && result.GetResult(to) is { Tokens.Count: > 0 })
            {
                result.AddError("Either TO or --file can be given, and not both.");
            }
        });
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var (left, right, error) = context.Arguments.GetValue(file) is { } path
                ? await WithFileAsync(client, context, context.Arguments.GetValue(from), path, cancellationToken)
                : await VersionsAsync(client, context.Arguments.GetValue(from), context.Arguments.GetValue(to), cancellationToken);
            if (error is not null)
            {
                return context.Output.Failed(error);
            }

            Write(context, left, right);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Argument<long> Version(string name, string description) => new(name)
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = IdOption.Parse,
        DefaultValueFactory = _ => 0,
    };

    private static async Task<(Side Left, Side Right, CliError? Error)> WithFileAsync(
        AdminClient client, CommandContext context, long from, string path, CancellationToken cancellationToken)
    {
        var (text, error) = await PolicyInput.ReadAsync(context, path, cancellationToken);
        return text is null
            ? (default, default, error)
            : (Side.Of(await client.GetPolicyAsync(from, cancellationToken)), new Side(PolicyInput.NameOf(path), text), null);
    }

    private static async Task<(Side Left, Side Right, CliError? Error)> VersionsAsync(
        AdminClient client, long from, long to, CancellationToken cancellationToken)
    {
        var right = await client.GetPolicyAsync(to, cancellationToken);
        if (from == 0)
        {
            from = right.Policy.Version - 1;
        }

        return from == 0
            ? (default, default, new(ExitCodes.NotFound, "There is only one version of the policy; nothing came before it."))
            : (Side.Of(await client.GetPolicyAsync(from, cancellationToken)), Side.Of(right), null);
    }

    private static void Write(CommandContext context, Side left, Side right)
    {
        var diff = UnifiedDiff.Render(left.Name, left.Text, right.Name, right.Text, context.Output.IsText && context.Host.UseColour);
        if (context.Output.IsText)
        {
            context.Host.Out.Write(diff);
        }
        else
        {
            context.Output.Value(new JsonObject { ["from"] = left.Name, ["to"] = right.Name, ["diff"] = diff }, diff);
        }
    }

    /// <summary>One of the texts that are compared.</summary>
    private readonly record struct Side(string Name, string Text)
    {
        public static Side Of(GetPolicyResponse policy) => new($"version {policy.Policy.Version}", policy.Text);
    }
}
