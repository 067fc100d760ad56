using System.Buffers;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Mesh;

/// <summary>
/// Frames on their way to another relay, as the bytes that go out: many clients add, one writer takes all there is. What does not fit
/// is dropped, since nobody may wait for a relay that does not read; the last part is kept for disco messages, by which clients find
/// the paths that make relays superfluous.
/// </summary>
internal sealed class MeshQueue
{
    /// <summary>80 ms at 100 Mbit/s; later packets are of no use to a TCP connection inside, and as much may be on its way besides.</summary>
    public const int MaxQueuedBytes = 1024 * 1024;

    /// <summary>Some thousand disco messages.</summary>
    public const int DiscoReserve = MaxQueuedBytes / 8;

    private const int FirstSize = 16 * 1024;

    private readonly Lock _lock = new();

    // All guarded by the lock. Rented when there is something to hold.
    private byte[]? _bytes;
    private int _length;
    private int _packets;
    private bool _isOpen;

    /// <summary>From now on something can be added.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _isOpen = true;
        }
    }

    /// <summary>Nothing can be added any more, and what is there is forgotten.</summary>
    /// <returns>Packets that were there.</returns>
    public int Close()
    {
        lock (_lock)
        {
            _isOpen = false;
            Release(_bytes);
            var packets = _packets;
            (_bytes, _length, _packets) = (null, 0, 0);
            return packets;
        }
    }

    /// <returns>False when the packet is dropped.</returns>
    public bool TryAdd(NodePublicKey source, NodePublicKey destination, ReadOnlySpan<byte> packet)
    {
        var limit = DiscoPacket.LooksLike(packet) ? MaxQueuedBytes : MaxQueuedBytes - DiscoReserve;
        lock (_lock)
        {
            var length = DerpFrame.ForwardOverhead + packet.Length;
            if (!TryReserve(length, limit))
            {
                return false;
            }

            DerpFrame.WriteForwardPacket(_bytes.AsSpan(_length), source, destination, packet);
            _length += length;
            _packets++;
            return true;
        }
    }

    /// <summary>A frame that is no packet.</summary>
    /// <returns>False when there is no room.</returns>
    public bool TryAdd(ReadOnlySpan<byte> frame)
    {
        lock (_lock)
        {
            if (!TryReserve(frame.Length, MaxQueuedBytes))
            {
                return false;
            }

            frame.CopyTo(_bytes.AsSpan(_length));
            _length += frame.Length;
            return true;
        }
    }

    /// <summary>All that is there; the queue is empty then.</summary>
    /// <returns>False when nothing is there; else the bytes are to be given back with <see cref="Release"/>.</returns>
    public bool TryTake(out byte[] bytes, out int length, out int packets)
    {
        lock (_lock)
        {
            (bytes, length, packets) = (_bytes ?? [], _length, _packets);
            (_bytes, _length, _packets) = (null, 0, 0);
            return length > 0;
        }
    }

    public static void Release(byte[]? bytes)
    {
        if (bytes is { Length: > 0 })
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private bool TryReserve(int length, int limit)
    {
        if (!_isOpen || _length + length > limit)
        {
            return false;
        }

        if (_bytes is null || _bytes.Length < _length + length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, Math.Max(2 * _length, _length + length)));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            Release(_bytes);
            _bytes = larger;
        }

        return true;
    }
}
