using System.Net.WebSockets;
using MeshControl.Derp.Relay;

namespace MeshControl.Derp.Http;

/// <summary>
/// Ends a WebSocket: first in good order, since whatever cuts its connection also cuts what was written last, and soon after that by force.
/// </summary>
internal sealed class WebSocketEnd(WebSocket socket, TimeProvider time) : IDisposable
{
    /// <summary>How long a peer may take to answer that it has heard of the end.</summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _force = new(Timeout.InfiniteTimeSpan, time);
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _begun;
    private volatile bool _sawText;

    /// <summary>Makes reads and writes fail that still wait.</summary>
    public CancellationToken Force => _force.Token;

    /// <summary>Whether the end has begun: what arrives now counts no more.</summary>
    public bool HasBegun => Volatile.Read(ref _begun) != 0;

    /// <summary>The peer sent a text, which is no way to send frames, and will be told so.</summary>
    public void OnText() => _sawText = true;

    /// <summary>From any thread, as often as one likes.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
        {
            _ = TellAsync();
        }
    }

    /// <summary>Waits until the peer was told, or would not hear of it.</summary>
    public Task FinishAsync()
    {
        Begin();
        return _told.Task;
    }

    /// <summary>After <see cref="FinishAsync"/>.</summary>
    public void Dispose() => _force.Dispose();

    private async Task TellAsync()
    {
        try
        {
            _force.CancelAfter(CloseTimeout);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await (_sawText
                    ? socket.CloseOutputAsync(WebSocketCloseStatus.InvalidMessageType, "only binary messages carry frames", _force.Token)
                    : socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _force.Token));
            }
        }
        catch (Exception exception) when (RelayServer.IsExpected(exception))
        {
            // It went first, or takes nothing.
        }
        finally
        {
            _told.SetResult();
        }
    }
}
