using System.Net;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>
/// What one mesh peer is still to be told of the relay's clients. A later notice of a client takes the place of an earlier one that waits, so
/// the queue is never longer than the number of clients, however often they come and go. Guarded by the outbox's lock.
/// </summary>
internal sealed class PresenceQueue
{
    private readonly Queue<NodePublicKey> _order = new();
    private readonly Dictionary<NodePublicKey, Notice> _notices = [];

    public bool IsEmpty => _order.Count == 0;

    public void Present(NodePublicKey key, IPEndPoint address, PeerPresentFlags flags) => Set(key, new Notice(address, flags));

    public void Gone(NodePublicKey key) => Set(key, new Notice(null, PeerPresentFlags.None));

    /// <summary>Writes the next frame if it fits.</summary>
    public int WriteNext(Span<byte> destination)
    {
        if (destination.Length < DerpFrame.PeerPresentFrameLength || !_order.TryDequeue(out var key))
        {
            return 0;
        }

        _notices.Remove(key, out var notice);
        return notice.Address is null
            ? DerpFrame.WritePeerGone(destination, key, PeerGoneReason.Disconnected)
            : DerpFrame.WritePeerPresent(destination, key, notice.Address, notice.Flags);
    }

    private void Set(NodePublicKey key, Notice notice)
    {
        if (!_notices.ContainsKey(key))
        {
            _order.Enqueue(key);
        }

        _notices[key] = notice;
    }

    /// <param name="Address">Null: the client is gone.</param>
    private readonly record struct Notice(IPEndPoint? Address, PeerPresentFlags Flags);
}
