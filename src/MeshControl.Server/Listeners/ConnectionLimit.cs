using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MeshControl.Server.Listeners;

/// <summary>
/// How many connections one listener serves at a time. Strangers, for whom nobody has vouched yet, give way to new connections, the
/// oldest first: so they cannot keep out those who have a key.
/// </summary>
internal sealed class ConnectionLimit(int max)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Slot> _strangers = new();
    private int _count;

    /// <summary>Has to come before TLS, so that a connection too many costs no handshake.</summary>
    public void Apply(ListenOptions listener) => listener.Use(next => async connection =>
    {
        if (TryEnter(() => connection.Abort(new ConnectionAbortedException("A younger connection needed its place."))) is not { } slot)
        {
            connection.Abort(new ConnectionAbortedException("The listener has as many connections as it serves."));
            return;
        }

        connection.Features.Set(slot);
        try
        {
            await next(connection);
        }
        finally
        {
            Leave(slot);
        }
    });

    /// <summary>Takes a place, which may cost the oldest stranger its own.</summary>
    /// <param name="close">Closes the new connection, when it comes to that.</param>
    /// <returns>Null when all places belong to connections that somebody vouched for.</returns>
    public Slot? TryEnter(Action close)
    {
        Slot? oldest = null;
        var slot = new Slot(this, close);
        lock (_gate)
        {
            if (_count >= max)
            {
                oldest = _strangers.First?.Value;
                if (oldest is null)
                {
                    return null;
                }

                Withdraw(oldest);
            }

            _count++;
            slot.Counts = true;
            slot.Place = _strangers.AddLast(slot);
        }

        oldest?.Close();
        return slot;
    }

    /// <summary>The connection is closed.</summary>
    public void Leave(Slot slot)
    {
        lock (_gate)
        {
            Withdraw(slot);
        }
    }

    private void Keep(Slot slot)
    {
        lock (_gate)
        {
            if (slot.Place is { } place)
            {
                _strangers.Remove(place);
                slot.Place = null;
            }
        }
    }

    // Under the lock. What gives way is not waited for.
    private void Withdraw(Slot slot)
    {
        if (slot.Place is { } place)
        {
            _strangers.Remove(place);
            slot.Place = null;
        }

        _count -= slot.Counts ? 1 : 0;
        slot.Counts = false;
    }

    /// <summary>A connection's place. A connection feature; its fields are guarded by the limit.</summary>
    internal sealed class Slot(ConnectionLimit limit, Action close)
    {
        /// <summary>Where it stands among the strangers; null when it is none, or has left.</summary>
        public LinkedListNode<Slot>? Place { get; set; }

        public bool Counts { get; set; }

        public void Close() => close();

        /// <summary>Somebody with a key uses the connection: it stays, whoever comes.</summary>
        public void Keep() => limit.Keep(this);
    }
}
