using MeshControl.Cli.Hosting;

namespace MeshControl.Cli.Input;

/// <summary>Asks before something is done that cannot be undone. Questions go to stderr, so that stdout holds results only.</summary>
internal static class Prompt
{
    private static readonly string[] Yes = ["y", "yes", "sure"];

    public static async Task<PromptAnswer> AskAsync(CliHost host, string question, CancellationToken cancellationToken)
    {
        var line = await AskTextAsync(host, $"{question} [y/n]", cancellationToken);
        return line is null ? PromptAnswer.Nobody
            : Yes.Contains(line, StringComparer.OrdinalIgnoreCase) ? PromptAnswer.Yes
            : PromptAnswer.No;
    }

    /// <returns>What was typed, without blanks around it; null when the input is at its end: no human is there.</returns>
    public static async Task<string?> AskTextAsync(CliHost host, string question, CancellationToken cancellationToken)
    {
        await host.Error.WriteAsync($"{question} ");
        await host.Error.FlushAsync(cancellationToken);
        var line = await host.In.ReadLineAsync(cancellationToken);
        if (line is null)
        {
            await host.Error.WriteLineAsync();
        }

        return line?.Trim();
    }
}
