using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace MeshControl.Server.Processes;

/// <summary>
/// What the process is asked for by signals. The first SIGTERM, SIGINT or SIGQUIT asks it to stop, a second one ends it at once;
/// SIGHUP asks it to load its configuration again.
/// </summary>
internal sealed class ProcessSignals : IDisposable
{
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const int Terminate = 15;

    private readonly CancellationTokenSource _stop = new();

    // Many signals while one is served are worth one.
    private readonly Channel<bool> _reloads = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Action<int> _exit;
    private readonly PosixSignalRegistration[] _registrations;
    private int _stops;

    private ProcessSignals(Action<int> exit, bool register)
    {
        _exit = exit;
        _registrations = !register ? [] :
        [
            Register(PosixSignal.SIGTERM, () => Stop(Terminate)),
            Register(PosixSignal.SIGINT, () => Stop(Interrupt)),
            Register(PosixSignal.SIGQUIT, () => Stop(Quit)),
            Register(PosixSignal.SIGHUP, Reload),
        ];
    }

    /// <summary>Cancelled by the first signal to stop.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>One item for each time the configuration is to be loaded again.</summary>
    public ChannelReader<bool> Reloads => _reloads.Reader;

    /// <summary>Takes the signals of the process until it is disposed.</summary>
    /// <param name="exit">Ends the process with a status, at once.</param>
    public static ProcessSignals Listen(Action<int> exit) => new(exit, register: true);

    /// <summary>Without a process: signals are what the methods say.</summary>
    internal static ProcessSignals Detached(Action<int> exit) => new(exit, register: false);

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _stop.Dispose();
    }

    internal void Reload() => _reloads.Writer.TryWrite(true);

    internal void Stop(int signal)
    {
        if (Interlocked.Increment(ref _stops) > 1)
        {
            _exit(ExitStatus.KilledBySignal + signal);
            return;
        }

        // Not on the thread of signals: whoever hears of it may need the next one.
        _ = _stop.CancelAsync();
    }

    private static PosixSignalRegistration Register(PosixSignal signal, Action act) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        act();
    });
}
