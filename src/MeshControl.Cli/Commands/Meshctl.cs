using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using MeshControl.Cli.ApiKeys;
using MeshControl.Cli.Completion;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Hosting;
using MeshControl.Cli.Logins;
using MeshControl.Cli.Nodes;
using MeshControl.Cli.Policies;
using MeshControl.Cli.PreAuthKeys;
using MeshControl.Cli.Relays;
using MeshControl.Cli.Servers;
using MeshControl.Cli.Users;

namespace MeshControl.Cli.Commands;

/// <summary>The whole program: all commands, and what happens to a command line.</summary>
internal static class Meshctl
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliHost host, CancellationToken cancellationToken)
    {
        var options = new GlobalOptions();
        var runner = new CommandRunner(host, options);
        // No response files: an argument that begins with @ is nothing special.
        var arguments = BuildRoot(host, options, runner).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (arguments.Action is ParseErrorAction)
        {
            return runner.Output(arguments).Failed(
                CliError.Usage(arguments.Errors[0].Message), $"Run \"{PathOf(arguments.CommandResult.Command)} --help\" for usage.");
        }

        var invocation = new InvocationConfiguration { Output = host.Out, Error = host.Error, EnableDefaultExceptionHandler = false };
        if (arguments.CommandResult.Command.Name == ServeCommand.Name)
        {
            // The server handles signals itself, and takes the time it needs to stop.
            invocation.ProcessTerminationTimeout = null;
        }

        return await arguments.InvokeAsync(invocation, cancellationToken);
    }

    private static RootCommand BuildRoot(CliHost host, GlobalOptions options, CommandRunner runner)
    {
        var root = new RootCommand("meshctl runs and administers a MeshControl server.");
        root.SetAction(ShowHelp);
        options.AddTo(root);
        root.Subcommands.Add(ServeCommand.Build(runner, options));
        root.Subcommands.Add(Group(
            "users",
            ["user"],
            "Manage users.",
            CreateUserCommand.Build(runner),
            ListUsersCommand.Build(runner),
            RenameUserCommand.Build(runner),
            SetUserRoleCommand.Build(runner),
            DestroyUserCommand.Build(runner)));
        root.Subcommands.Add(Group(
            "nodes",
            ["node"],
            "Manage nodes.",
            ListNodesCommand.Build(runner),
            RenameNodeCommand.Build(runner),
            ExpireNodeCommand.Build(runner),
            TagNodeCommand.Build(runner),
            MoveNodeCommand.Build(runner),
            PingNodeCommand.Build(runner),
            ApproveNodeCommand.Build(runner),
            RejectNodeCommand.Build(runner),
            DeleteNodeCommand.Build(runner)));
        root.Subcommands.Add(Group(
            "preauthkeys",
            ["preauthkey", "authkey", "pre"],
            "Manage keys that let machines join without a browser.",
            CreatePreAuthKeyCommand.Build(runner),
            ListPreAuthKeysCommand.Build(runner),
            ExpirePreAuthKeyCommand.Build(runner),
            DeletePreAuthKeyCommand.Build(runner)));
        root.Subcommands.Add(Group(
            "auth",
            ["logins"],
            "Decide about devices that ask to be let in, and SSH logins that need a check.",
            RegisterLoginCommand.Build(runner),
            ApproveLoginCommand.Build(runner),
            RejectLoginCommand.Build(runner),
            ListLoginsCommand.Build(runner)));
        root.Subcommands.Add(Group(
            "apikeys",
            ["apikey", "api"],
            "Manage keys for administration over the network.",
            CreateApiKeyCommand.Build(runner),
            ListApiKeysCommand.Build(runner),
            ExpireApiKeyCommand.Build(runner),
            DeleteApiKeyCommand.Build(runner)));
        root.Subcommands.Add(Group(
            "policy",
            ["acl"],
            "Manage the policy: who may reach what.",
            GetPolicyCommand.Build(runner),
            SetPolicyCommand.Build(runner),
            CheckPolicyCommand.Build(runner),
            PreviewPolicyCommand.Build(runner),
            ExplainPolicyCommand.Build(runner),
            PolicyHistoryCommand.Build(runner),
            DiffPolicyCommand.Build(runner),
            RollBackPolicyCommand.Build(runner)));
        root.Subcommands.Add(Group(
            "derp",
            ["relays", "relay"],
            "Relays (DERP), by which clients reach each other when no direct path works.",
            ListRelaysCommand.Build(runner),
            CheckRelaysCommand.Build(runner),
            DerpServeCommand.Build(runner)));
        root.Subcommands.Add(ConfigtestCommand.Build(runner, options));
        root.Subcommands.Add(HealthCommand.Build(runner));
        root.Subcommands.Add(VersionCommand.Build(runner));
        root.Subcommands.Add(CompletionCommand.Build(runner));
        root.Directives.OfType<SuggestDirective>().Single().Action = new CompleteAction(host);
        return root;
    }

    private static Command Group(string name, string[] aliases, string description, params Command[] subcommands)
    {
        var group = new Command(name, description);
        group.SetAction(ShowHelp);
        foreach (var alias in aliases)
        {
            group.Aliases.Add(alias);
        }

        foreach (var subcommand in subcommands)
        {
            group.Subcommands.Add(subcommand);
        }

        return group;
    }

    /// <summary>For a command that only holds others.</summary>
    private static int ShowHelp(ParseResult arguments) => new HelpAction().Invoke(arguments);

    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : "meshctl";
}
