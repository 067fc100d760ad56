using System.Diagnostics;

namespace MeshControl.ClientTests.Processes;

/// <summary>A program, its arguments and what its environment has besides ours.</summary>
internal sealed record CommandLine(string Program, params string[] Arguments)
{
    /// <summary>A program that hangs must not take the whole run with it.</summary>
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(2);

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Runs it to its end.</summary>
    public async Task<CommandResult> RunAsync(CancellationToken cancellationToken, string input = "")
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RunLimit);
        using var process = Process.Start(ToStartInfo()) ?? throw new CommandFailedException($"`{this}` did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new CommandResult(ToString(), process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailedException($"`{this}` did not end within {RunLimit}.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    public ProcessStartInfo ToStartInfo()
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    public override string ToString() => string.Join(' ', [Program, .. Arguments]);
}
