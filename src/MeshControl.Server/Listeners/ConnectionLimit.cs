using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MeshControl.Server.Listeners;

/// <summary>How many connections one listener serves at a time; one more is closed before anything is read from it.</summary>
internal sealed class ConnectionLimit(int max)
{
    private int _count;

    /// <summary>Has to come before TLS, so that a connection too many costs no handshake.</summary>
    public void Apply(ListenOptions listener) => listener.Use(next => async connection =>
    {
        if (Interlocked.Increment(ref _count) > max)
        {
            Interlocked.Decrement(ref _count);
            connection.Abort(new ConnectionAbortedException("The listener has as many connections as it serves."));
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    });
}
