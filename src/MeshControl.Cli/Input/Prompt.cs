using MeshControl.Cli.Hosting;

namespace MeshControl.Cli.Input;

/// <summary>Asks before something is done that cannot be undone. Questions go to stderr, so that stdout holds results only.</summary>
internal static class Prompt
{
    private static readonly string[] Yes = ["y", "yes", "sure"];

    public static async Task<PromptAnswer> AskAsync(CliHost host, string question, CancellationToken cancellationToken)
    {
        await host.Error.WriteAsync($"{question} [y/n] ");
        await host.Error.FlushAsync(cancellationToken);
        var line = await host.In.ReadLineAsync(cancellationToken);
        if (line is null)
        {
            await host.Error.WriteLineAsync();
            return PromptAnswer.Nobody;
        }

        return Yes.Contains(line.Trim(), StringComparer.OrdinalIgnoreCase) ? PromptAnswer.Yes : PromptAnswer.No;
    }
}
