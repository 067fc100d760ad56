using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MeshControl.ClientTests.Processes;

/// <summary>A program that runs until it is stopped, and what it prints meanwhile.</summary>
internal sealed partial class BackgroundProcess : IAsyncDisposable
{
    public const int Reload = 1;
    public const int Terminate = 15;
    public const int Freeze = 19;

    /// <summary>A server at debug level prints some lines per client; more than these help nobody who reads a failed test.</summary>
    private const int MaxLines = 400;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new(); // guarded by _lock
    private readonly Task _reading;

    private BackgroundProcess(string name, Process process)
    {
        Name = name;
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public string Name { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The last lines of both streams.</summary>
    public string Log
    {
        get
        {
            lock (_lock)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public static BackgroundProcess Start(string name, CommandLine command)
    {
        var process = Process.Start(command.ToStartInfo()) ?? throw new CommandFailedException($"`{command}` did not start.");
        process.StandardInput.Close();
        return new BackgroundProcess(name, process);
    }

    /// <summary>Asks it to end, and waits until it did.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="CommandFailedException">It did not end in time.</exception>
    public Task<int> StopAsync()
    {
        Signal(Terminate);
        return WaitForExitAsync();
    }

    public void Signal(int signal) => _ = Kill(_process.Id, signal);

    /// <returns>The exit status.</returns>
    /// <exception cref="CommandFailedException">It did not end in time.</exception>
    public async Task<int> WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new CommandFailedException($"{Name} did not end within {StopLimit} after it was asked to.\n{Log}");
        }

        return _process.ExitCode;
    }

    /// <summary>Ends it without warning (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Kills it if it still runs, and hands its last lines to the report of the current test.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _reading;
        TestContext.Current.TestOutputHelper?.WriteLine($"---- {Name}, exit status {_process.ExitCode}\n{Log}");
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _lines.Enqueue(line);
                if (_lines.Count > MaxLines)
                {
                    _lines.Dequeue();
                }
            }
        }
    }
}
