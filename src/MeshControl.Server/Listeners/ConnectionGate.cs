using MeshControl.Derp.Diagnostics;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Listeners;

/// <summary>
/// Counts the public connections of all listeners together. Whoever has not shown that it belongs to a node is pending: it has a
/// deadline for each step, and goes first, the oldest before the others, when there are too many. So silent and slow peers can take
/// nothing from nodes that are connected, and a new honest one only has to be faster than the flood is wide.
/// </summary>
internal sealed class ConnectionGate : IAsyncDisposable
{
    /// <summary>
    /// Connections that count as one machine's. Clients hold up to three, and some more for a moment when their network changes; the
    /// others stay pending, so that one node cannot take the room of all.
    /// </summary>
    public const int MaxProvenPerMachine = 16;

    /// <summary>The first line says what happens and what to do; how often it goes on, one line in a minute says.</summary>
    private const int LinesPerMinute = 1;

    /// <summary>How late a deadline may be noticed. One sweep for all costs less than a timer each.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly LinkedList<ConnectionTicket> _pending = new();
    private readonly Dictionary<MachinePublicKey, int> _proven = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly LimitOptions _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LogThrottle _fullLines;
    private readonly LogThrottle _crowdedLines;
    private readonly Task _sweeping;
    private int _open;
    private long _refused;
    private long _evicted;
    private long _late;

    public ConnectionGate(LimitOptions limits, TimeProvider time, ILogger<ConnectionGate> logger)
    {
        _limits = limits;
        _time = time;
        _logger = logger;
        _fullLines = new LogThrottle(time, LinesPerMinute);
        _crowdedLines = new LogThrottle(time, LinesPerMinute);
        _sweeping = SweepAsync();
    }

    /// <summary>Open connections.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _open;
            }
        }
    }

    /// <summary>Those of them that have not shown that they belong to a node.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>Connections closed at once since the start, because all places were taken by nodes.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Pending connections closed since the start to make room.</summary>
    public long Evicted => Interlocked.Read(ref _evicted);

    /// <summary>Pending connections closed since the start because a step took too long.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>Middleware of a listener: lets a connection in, for as long as it lasts, or closes it.</summary>
    public async Task AdmitAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (TryEnter(reason => connection.Abort(new ConnectionAbortedException(reason))) is not { } ticket)
        {
            connection.Abort(new ConnectionAbortedException("The server has as many connections as it may have."));
            return;
        }

        connection.Features.Set(ticket);
        try
        {
            await next(connection);
        }
        finally
        {
            Leave(ticket);
        }
    }

    /// <summary>Takes a place for a new connection, which may cost the oldest pending one its own.</summary>
    /// <param name="close">Closes the new connection, when it comes to that.</param>
    /// <returns>Null when there is none.</returns>
    public ConnectionTicket? TryEnter(Action<string> close)
    {
        ConnectionTicket? oldest = null;
        var ticket = new ConnectionTicket(this, close);
        lock (_gate)
        {
            var full = _open >= _limits.MaxConnections;
            if (full || _pending.Count >= _limits.MaxPendingConnections)
            {
                oldest = _pending.First?.Value;
                if (oldest is null)
                {
                    Interlocked.Increment(ref _refused);
                }
                else
                {
                    // It is closed at once, and must not cost another one its place until it is gone.
                    Withdraw(oldest);
                    oldest.Counts = false;
                    _open--;
                    Interlocked.Increment(ref _evicted);
                }
            }

            if (!full || oldest is not null)
            {
                _open++;
                ticket.Counts = true;
                ticket.Place = _pending.AddLast(ticket);
                ticket.Deadline = InOneStep();
            }
        }

        if (oldest is not null)
        {
            if (_crowdedLines.TryPass(out var more))
            {
                Log.ConnectionEvicted(_logger, _limits.MaxPendingConnections, _limits.MaxConnections, more);
            }

            oldest.Close("Younger connections needed its place.");
        }
        else if (ticket.Place is null && _fullLines.TryPass(out var more))
        {
            Log.ConnectionRefused(_logger, _limits.MaxConnections, more);
        }

        return ticket.Place is null ? null : ticket;
    }

    /// <summary>The connection is closed.</summary>
    public void Leave(ConnectionTicket ticket)
    {
        lock (_gate)
        {
            _open -= ticket.Counts ? 1 : 0;
            ticket.Counts = false;
            Withdraw(ticket);
            if (ticket.Machine is not { } machine)
            {
                return;
            }

            ticket.Machine = null;
            if (--_proven[machine] == 0)
            {
                _proven.Remove(machine);
            }
        }
    }

    public void BeginStep(ConnectionTicket ticket)
    {
        lock (_gate)
        {
            ticket.Deadline = ticket.Place is null ? null : InOneStep();
        }
    }

    public void EndStep(ConnectionTicket ticket)
    {
        if (ticket.Place is null)
        {
            // The common case, and it never comes back.
            return;
        }

        lock (_gate)
        {
            ticket.Deadline = null;
        }
    }

    /// <returns>Whether it counts as the machine's now: not when the machine has as many as count, or the ticket has been taken back.</returns>
    public bool Prove(ConnectionTicket ticket, MachinePublicKey machine)
    {
        lock (_gate)
        {
            if (ticket.Place is null)
            {
                return ticket.Machine == machine;
            }

            var count = _proven.GetValueOrDefault(machine);
            if (count < MaxProvenPerMachine)
            {
                _proven[machine] = count + 1;
                ticket.Machine = machine;
                Withdraw(ticket);
            }

            return count < MaxProvenPerMachine;
        }
    }

    /// <summary>Closes those whose deadline has passed; called by the sweep.</summary>
    public void CloseLate() => TakeLate().ForEach(static ticket => ticket.Close("It took too long up to its first request."));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _sweeping;
        _stopping.Dispose();
    }

    private long InOneStep() => _time.GetTimestamp() + (long)(_limits.HandshakeTimeout.TotalSeconds * _time.TimestampFrequency);

    // Under the lock.
    private void Withdraw(ConnectionTicket ticket)
    {
        ticket.Deadline = null;
        if (ticket.Place is { } place)
        {
            _pending.Remove(place);
            ticket.Place = null;
        }
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(SweepInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                CloseLate();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private List<ConnectionTicket> TakeLate()
    {
        var late = new List<ConnectionTicket>();
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            for (var place = _pending.First; place is not null; place = place.Next)
            {
                if (place.Value.Deadline < now)
                {
                    late.Add(place.Value);
                }
            }

            late.ForEach(Withdraw);
            Interlocked.Add(ref _late, late.Count);
        }

        return late;
    }
}
