using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Stun;

/// <summary>
/// The STUN server: tells clients, and nobody else, which address they come from. One socket and one thread for each address. On Linux an
/// answer comes from the address that was asked, also at <c>0.0.0.0</c> and <c>[::]</c>.
/// </summary>
public sealed class StunListener : IAsyncDisposable
{
    /// <summary>The port that clients ask when a map names none.</summary>
    public const int DefaultPort = 3478;

    private readonly StunSocket[] _sockets;
    private readonly StunResponder[] _responders;
    private readonly CancellationTokenSource _stop = new();
    private int _stopped;

    private StunListener(StunSocket[] sockets, StunMetrics metrics, TimeProvider time, ILogger logger)
    {
        _sockets = sockets;
        _responders = [.. sockets.Select(socket => new StunResponder(socket, metrics, time, logger, _stop.Token))];
    }

    /// <summary>Where it listens: an address for each that was asked for, with the ports that were chosen.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => [.. _sockets.Select(socket => socket.Address)];

    /// <summary>Listens at all addresses or at none.</summary>
    /// <param name="addresses">
    /// <c>[::]</c> takes IPv4 too, unless an IPv4 address with the same port is in the list. Port 0 is any port.
    /// </param>
    /// <param name="metrics">Outlives the listener.</param>
    /// <param name="time">For the log alone.</param>
    /// <param name="loggers">Refused datagrams are told at the level Debug, at most once a second and address.</param>
    /// <exception cref="IOException">One of them cannot be listened at; the message names it and says why.</exception>
    public static StunListener Start(
        IReadOnlyList<IPEndPoint> addresses, StunMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<StunListener>();
        var listener = new StunListener(BindAll(StunSocketPlan.For(addresses, Socket.OSSupportsIPv6)), metrics, time, logger);
        foreach (var responder in listener._responders)
        {
            responder.Start();
        }

        foreach (var address in listener.Addresses)
        {
            StunLog.Listening(logger, address);
        }

        return listener;
    }

    /// <summary>Closes the sockets and waits for the threads, which takes no time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        await Task.WhenAll(_responders.Select(responder => responder.Ended));
        _stop.Dispose();
    }

    private static StunSocket[] BindAll(IReadOnlyList<StunSocketPlan> plans)
    {
        var bound = new List<StunSocket>();
        foreach (var plan in plans)
        {
            try
            {
                bound.Add(StunSocket.Bind(plan));
            }
            catch (SocketException exception)
            {
                bound.ForEach(socket => socket.Dispose());
                throw new IOException($"STUN cannot listen at {plan.Address} (UDP): {exception.Message}.", exception);
            }
        }

        return [.. bound];
    }
}
