using System.Net.Sockets;
using MeshControl.Server.Listeners;

namespace MeshControl.Server.Polling;

/// <summary>
/// Keeps news from lengthening the life of a client that is gone: for what is sent the kernel counts anew, and stops probing meanwhile.
/// So the client has for it what is left of the time that it had without. One per stream, used by its loop alone.
/// </summary>
internal sealed class NewsDeadline(Socket socket, OfflineBudget budget)
{
    /// <summary>What the connection has; 0 while that is not known, since an earlier stream may have changed it.</summary>
    private int _seconds;

    /// <summary>When the kernel was asked last.</summary>
    private int? _asked;

    /// <summary>To be called before each write.</summary>
    /// <param name="now">In seconds, by any clock. The kernel is asked once in each, since whole seconds are all that is told apart.</param>
    public void BeforeWrite(int now)
    {
        if (_asked == now)
        {
            return;
        }

        _asked = now;
        var seconds = Math.Max(1, TcpLiveness.SecondsToAnswer(budget) - TcpLiveness.SecondsOfSilence(socket));
        if (seconds != _seconds)
        {
            TcpLiveness.LimitAnswer(socket, seconds);
            _seconds = seconds;
        }
    }
}
