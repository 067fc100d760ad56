using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>
/// Rare frames that wait for one connection, each kind in a bounded place of its own. Guarded by the outbox's lock.
/// </summary>
internal sealed class ControlQueue
{
    /// <summary>
    /// Peers of which a connection is to be told that they are gone. A client that takes nothing misses some, and finds out by itself.
    /// </summary>
    public const int MaxPeersGone = SeenPeers.MaxPeers;

    private readonly Queue<(NodePublicKey Key, PeerGoneReason Reason)> _gone = new();
    private byte[]? _health;
    private byte[]? _restarting;

    public bool IsEmpty => _gone.Count == 0 && _health is null && _restarting is null && Presence is not { IsEmpty: false };

    /// <summary>What a mesh peer is to be told of clients; null for everybody else.</summary>
    public PresenceQueue? Presence { get; set; }

    public void AddGone(NodePublicKey key, PeerGoneReason reason)
    {
        if (_gone.Count < MaxPeersGone)
        {
            _gone.Enqueue((key, reason));
        }
    }

    /// <summary>The latest state of health counts.</summary>
    public void SetHealth(byte[] frame) => _health = frame;

    public void SetRestarting(byte[] frame) => _restarting = frame;

    /// <summary>Writes the next frame if it fits.</summary>
    /// <returns>How many bytes; 0 when there is none, or it does not fit.</returns>
    public int WriteNext(Span<byte> destination, out PeerGoneReason? gone)
    {
        gone = null;
        if (_health is not null)
        {
            return WriteOnce(ref _health, destination);
        }

        if (_gone.TryPeek(out var next))
        {
            if (destination.Length < DerpFrame.PeerGoneFrameLength)
            {
                return 0;
            }

            _gone.Dequeue();
            gone = next.Reason;
            return DerpFrame.WritePeerGone(destination, next.Key, next.Reason);
        }

        return Presence is { IsEmpty: false } presence ? presence.WriteNext(destination)
            : _restarting is not null ? WriteOnce(ref _restarting, destination)
            : 0;
    }

    private static int WriteOnce(ref byte[]? frame, Span<byte> destination)
    {
        if (!frame.AsSpan().TryCopyTo(destination))
        {
            return 0;
        }

        var length = frame!.Length;
        frame = null;
        return length;
    }
}
