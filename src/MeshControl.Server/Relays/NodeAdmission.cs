using System.Collections.Concurrent;
using System.Net;
using MeshControl.Core.Nodes;
using MeshControl.Derp.Relay;
using MeshControl.Protocol.Keys;

namespace MeshControl.Server.Relays;

/// <summary>
/// Lets nodes into the relay, and out of it again when they may not stay: nobody tells of a key that expires, so all are looked at again and
/// again.
/// </summary>
/// <param name="access">Who may use relays.</param>
/// <param name="isOpen">Whether everybody may.</param>
internal sealed class NodeAdmission(RelayAccess access, bool isOpen) : IRelayAdmission
{
    /// <summary>How long a deleted or expired node may go on using the relay. Looking at ten thousand takes some milliseconds.</summary>
    public static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Keys that somebody came with and proved to own. After a sweep only those of nodes are left, of which some may not be connected any more.
    /// </summary>
    private readonly ConcurrentDictionary<NodePublicKey, bool> _seen = new();

    public ValueTask<bool> AdmitAsync(NodePublicKey key, IPAddress source, CancellationToken cancellationToken)
    {
        if (isOpen)
        {
            return ValueTask.FromResult(true);
        }

        // First noted, then asked: who is deleted in between is found by the sweep, as is who was refused.
        _seen[key] = true;
        return ValueTask.FromResult(access.MayEnter(key));
    }

    /// <summary>Disconnects those who may not stay.</summary>
    public void Sweep(Action<NodePublicKey> disconnect)
    {
        foreach (var (key, _) in _seen)
        {
            // Forgotten before it is disconnected: who logs in again meanwhile is noted anew, or disconnected, too.
            if (!access.MayStay(key) && _seen.TryRemove(key, out _))
            {
                disconnect(key);
            }
        }
    }

    public async Task RunAsync(Action<NodePublicKey> disconnect, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(SweepInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Sweep(disconnect);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
