using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MeshControl.Server.Processes;

/// <summary>
/// Tells systemd how the server is doing: datagrams of lines to the socket that <c>NOTIFY_SOCKET</c> names (sd_notify(3)). Where nobody
/// asked for it, nothing is sent. Sending never waits and never fails: a service manager that is away must not stop a server.
/// </summary>
internal sealed class ServiceManager : IDisposable
{
    /// <summary>Timers tick in milliseconds, and twice within the time. Nobody means less by a watchdog.</summary>
    public const long MinWatchdogMicroseconds = 2_000;

    /// <summary>Timers take 49 days; a longer watchdog is none.</summary>
    public const long MaxWatchdogMicroseconds = 49L * 24 * 60 * 60 * 1_000_000;

    private const string SocketVariable = "NOTIFY_SOCKET";
    private const string WatchdogVariable = "WATCHDOG_USEC";
    private const string WatchdogProcessVariable = "WATCHDOG_PID";

    /// <summary>Meant for this process alone: a child that inherited them could speak in its name.</summary>
    public static readonly IReadOnlyList<string> Variables = [SocketVariable, WatchdogVariable, WatchdogProcessVariable];

    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _address;
    private readonly TimeProvider _time;

    /// <param name="environment">All variables of the process.</param>
    /// <param name="processId">Of this process.</param>
    /// <param name="time">Its clock.</param>
    public ServiceManager(IReadOnlyDictionary<string, string> environment, int processId, TimeProvider time)
    {
        _time = time;
        _address = AddressOf(environment.GetValueOrDefault(SocketVariable));
        if (_address is null)
        {
            return;
        }

        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        WatchdogTimeout = TimeoutOf(environment, processId);
    }

    /// <summary>How long systemd waits for a sign of life; null: it does not.</summary>
    public TimeSpan? WatchdogTimeout { get; }

    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>The configuration is being loaded again; <see cref="Ready"/> follows.</summary>
    public void Reloading()
    {
        var microseconds = (long)((Int128)_time.GetTimestamp() * 1_000_000 / _time.TimestampFrequency);
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}\nSTATUS=Reloading the configuration"));
    }

    public void Stopping() => Send("STOPPING=1\nSTATUS=Stopping");

    public void Alive() => Send("WATCHDOG=1");

    public void Dispose() => _socket?.Dispose();

    private static UnixDomainSocketEndPoint? AddressOf(string? path)
    {
        // An abstract name begins with a zero byte, which a variable cannot hold. Other kinds of sockets are not ours to understand.
        if (path is not { Length: > 1 } || path[0] is not ('/' or '@'))
        {
            return null;
        }

        try
        {
            return new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static TimeSpan? TimeoutOf(IReadOnlyDictionary<string, string> environment, int processId)
    {
        if (environment.GetValueOrDefault(WatchdogProcessVariable) is { Length: > 0 } process
            && process != processId.ToString(CultureInfo.InvariantCulture))
        {
            return null;
        }

        return long.TryParse(environment.GetValueOrDefault(WatchdogVariable), CultureInfo.InvariantCulture, out var microseconds)
            && microseconds is >= MinWatchdogMicroseconds and <= MaxWatchdogMicroseconds
                ? TimeSpan.FromMicroseconds(microseconds)
                : null;
    }

    private void Send(string message)
    {
        try
        {
            _socket?.SendTo(Encoding.UTF8.GetBytes(message), _address!);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is away, or has no room. The next message may get through.
        }
    }
}
