using System.Net.Sockets;
using System.Net.WebSockets;
using MeshControl.Derp.Diagnostics;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Relay;

/// <summary>
/// The relay: passes packets between clients by their node keys. It knows no HTTP and no TLS; whoever has upgraded a connection hands it over
/// as a <see cref="RelayLink"/>. Any number of threads may use it at once. <c>docs/architecture/life-of-a-relayed-packet.md</c> is the way
/// through its code.
/// </summary>
public sealed class RelayServer : IForwarderTable, IAsyncDisposable
{
    /// <summary>At a stop clients are asked to come back after a random time of at most this, so that they do not come all at once.</summary>
    private static readonly TimeSpan RestartSpread = TimeSpan.FromSeconds(5);

    /// <summary>For how long they are asked to try.</summary>
    private static readonly TimeSpan RestartTryFor = TimeSpan.FromSeconds(30);

    private readonly RelayHub _hub;
    private readonly LoginDesk _desk;
    private readonly LogThrottle _fullLines;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for each connection, and one until the stop.
    private int _open = 1;

    /// <param name="key">The relay's own, which it keeps for good; not the control server's. The caller disposes it after the relay.</param>
    public RelayServer(RelayOptions options, X25519PrivateKey key, IRelayAdmission admission, TimeProvider time, ILoggerFactory loggers)
    {
        PublicKey = new DerpPublicKey(key.PublicKey);
        _hub = new RelayHub(options, key, time, loggers.CreateLogger<RelayServer>());
        _desk = new LoginDesk(_hub, admission);
        _fullLines = new LogThrottle(time, linesPerMinute: 2);
    }

    public DerpPublicKey PublicKey { get; }

    public RelayMetrics Metrics => _hub.Metrics;

    /// <summary>For tests that look inside.</summary>
    internal RelayHub Hub => _hub;

    /// <summary>
    /// Serves a connection from its login to its end, and does not throw for anything that a peer does. The caller closes the transport
    /// afterwards.
    /// </summary>
    /// <param name="cancellationToken">Ends the connection at once.</param>
    public async Task ServeAsync(RelayLink link, CancellationToken cancellationToken)
    {
        if (!TryEnter())
        {
            return;
        }

        var buffer = new ReadBuffer();
        try
        {
            if (await LogInAsync(link, buffer, cancellationToken) is var (connection, slot))
            {
                await RunAsync(connection, slot, buffer, cancellationToken);
            }
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            // The client went away while it logged in.
            _hub.Metrics.Refused("closed");
        }
        catch (Exception exception)
        {
            Log.ConnectionFaulted(_hub.Logger, link.Remote, exception);
        }
        finally
        {
            buffer.Release();
            Leave();
        }
    }

    /// <summary>Closes all connections of a key, and turns away those that log in with it right now: its node is deleted, or has expired.</summary>
    public void Disconnect(NodePublicKey key)
    {
        _desk.Disconnect(key);
        _hub.Disconnect(key, "revoked");
    }

    /// <summary>Packets for this key go to another relay while it is not connected here.</summary>
    public void AddPacketForwarder(NodePublicKey key, IPacketForwarder forwarder) => _hub.Registry.Add(key, forwarder);

    /// <summary>The other relay does not have the key any more. Who heard of it is told, if it is nowhere else.</summary>
    public void RemovePacketForwarder(NodePublicKey key, IPacketForwarder forwarder) => _hub.Registry.Remove(key, forwarder);

    /// <summary>Lets nobody in any more, tells all clients when to come back, lets them take what is queued, and closes them.</summary>
    /// <param name="cancellationToken">Closes them at once.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopping.IsCancellationRequested)
        {
            await _ended.Task;
            return;
        }

        await _stopping.CancelAsync();
        RelayConnection[] connections = [.. _hub.Registry.Slots.SelectMany(slot => slot.Connections)];
        Log.Stopping(_hub.Logger, connections.Length);
        foreach (var connection in connections)
        {
            connection.Outbox.Post(RestartingFrame(), static (queue, frame) => queue.SetRestarting(frame));
        }

        try
        {
            await Task.WhenAll(connections.Select(connection => connection.Outbox.DrainAsync()))
                .WaitAsync(_hub.Options.DrainTimeout, _hub.Time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Who has not read by now will not.
        }

        // Also those that were let in at the last moment.
        foreach (var connection in _hub.Registry.Slots.SelectMany(slot => slot.Connections))
        {
            connection.Close();
        }

        Leave();
        await _ended.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        await _hub.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>What streams throw when their connection ends.</summary>
    internal static bool IsExpected(Exception exception) =>
        exception is IOException or SocketException or WebSocketException or ObjectDisposedException or OperationCanceledException;

    private async Task<(RelayConnection, PeerSlot)?> LogInAsync(RelayLink link, ReadBuffer buffer, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, cancellationToken);
        return await _desk.RunAsync(link, buffer, ending.Token);
    }

    private async Task RunAsync(RelayConnection connection, PeerSlot slot, ReadBuffer buffer, CancellationToken cancellationToken)
    {
        var reason = "failed unexpectedly";
        try
        {
            await using var closing = cancellationToken.UnsafeRegister(static connection => ((RelayConnection)connection!).Close(), connection);
            if (_stopping.IsCancellationRequested)
            {
                connection.Close();
            }

            reason = await new FrameLoop(_hub, connection, slot, buffer).RunAsync();
        }
        catch (Exception exception) when (IsExpected(exception) || connection.IsClosed)
        {
            // Streams say in many ways that they were ended while somebody read.
            reason = exception.Message;
        }
        finally
        {
            // The thread that found out may be the one that others wait for.
            await Task.Yield();
            _hub.Unregister(connection, slot, reason);
        }
    }

    private byte[] RestartingFrame()
    {
        var frame = new byte[DerpFrame.RestartingFrameLength];
        DerpFrame.WriteRestarting(frame, RestartSpread * _hub.NextFraction(), RestartTryFor);
        return frame;
    }

    private bool TryEnter()
    {
        if (_stopping.IsCancellationRequested)
        {
            return false;
        }

        var open = Interlocked.Increment(ref _open);
        if (open - 1 > _hub.Options.MaxConnections)
        {
            _hub.Metrics.Refused("limit");
            if (_fullLines.TryPass(out var suppressed))
            {
                Log.Full(_hub.Logger, _hub.Options.MaxConnections, suppressed);
            }

            Leave();
            return false;
        }

        return true;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _ended.TrySetResult();
        }
    }
}
