using System.ComponentModel;
using System.Diagnostics;

namespace MeshControl.LoadTest.Crowds;

/// <summary>Commands of the user for what the protocol of nodes has no words for.</summary>
public static class Commands
{
    /// <summary>Runs a command line with a shell and waits for its end.</summary>
    /// <param name="command">As the user wrote it.</param>
    /// <param name="input">What the command reads.</param>
    /// <param name="arguments">Its <c>$1</c>, <c>$2</c> and so on.</param>
    /// <exception cref="LoadException">It cannot be run, or says that it failed.</exception>
    public static async Task RunAsync(
        string command, string input, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command, "sh", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start) ?? throw new LoadException($"'{command}' cannot be run.");
            var said = Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await WriteAsync(process, input, cancellationToken);
            var texts = await said;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                throw new LoadException($"'{command}' failed with status {process.ExitCode}: {string.Concat(texts).Trim()}");
            }
        }
        catch (Win32Exception e)
        {
            throw new LoadException($"'{command}' cannot be run: {e.Message}", e);
        }
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A command need not read; what went wrong is in its status.
        }
    }
}
