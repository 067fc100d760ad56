using System.CommandLine;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Completion;

/// <summary><c>meshctl completion</c></summary>
internal static class CompletionCommand
{
    public static Command Build(CommandRunner runner)
    {
        var command = new Command("completion", "Print a script that lets a shell complete commands, options, names and ids.");
        command.SetAction(arguments => new System.CommandLine.Help.HelpAction().Invoke(arguments));
        Add("bash", "For bash: source <(meshctl completion bash)", ShellScripts.Bash);
        Add("zsh", "For zsh: source <(meshctl completion zsh)", ShellScripts.Zsh);
        Add("fish", "For fish: meshctl completion fish | source", ShellScripts.Fish);
        return command;

        void Add(string shell, string description, string script)
        {
            var subcommand = new Command(shell, description);
            runner.Local(subcommand, (context, _) =>
            {
                context.Host.Out.Write(script);
                return Task.FromResult(ExitCodes.Ok);
            });
            command.Subcommands.Add(subcommand);
        }
    }
}
