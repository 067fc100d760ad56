using System.CommandLine;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Hosting;
using MeshControl.Cli.Input;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Commands;

/// <summary>What a running command works with.</summary>
internal sealed record CommandContext(CliHost Host, ParseResult Arguments, OutputWriter Output, bool Force)
{
    public DateTimeOffset Now => Host.Time.GetUtcNow();

    /// <summary>Asks, unless <c>--force</c> has answered already.</summary>
    /// <param name="question">Ends with a question mark.</param>
    /// <param name="declined">What is reported when the answer is no.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <returns>Null to go on, else the exit status.</returns>
    public async Task<int?> ConfirmAsync(string question, string declined, CancellationToken cancellationToken)
    {
        switch (Force ? PromptAnswer.Yes : await Prompt.AskAsync(Host, question, cancellationToken))
        {
            case PromptAnswer.Yes:
                return null;
            case PromptAnswer.No:
                Output.Done(declined);
                return ExitCodes.Ok;
            default:
                return Output.Failed(CliError.Usage("Nobody answered the question; --force answers it with yes."));
        }
    }
}
