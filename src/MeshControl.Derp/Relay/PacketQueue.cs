using System.Buffers;
using MeshControl.Derp.Diagnostics;
using MeshControl.Protocol.Derp;

namespace MeshControl.Derp.Relay;

/// <summary>
/// The packets that wait for one connection while something is written to it: disco messages in a ring of their own, so that no flood of data
/// pushes them out. A mutable struct, guarded by its owner's lock.
/// </summary>
internal struct PacketQueue
{
    private FrameRing _data;
    private FrameRing _disco;
    private bool _discoWasLast;

    public readonly bool IsEmpty => _data.Count + _disco.Count == 0;

    /// <summary>Length of the frame that <see cref="Take"/> takes; there is one.</summary>
    public readonly int NextLength => IsDiscoNext ? _disco.NextLength : _data.NextLength;

    // When both wait, they take turns.
    private readonly bool IsDiscoNext => _data.Count == 0 || (_disco.Count > 0 && !_discoWasLast);

    /// <summary>Adds a packet as the frame that the connection gets, and drops the oldest if there is no room.</summary>
    public void Add(ReadOnlySpan<byte> source, ReadOnlySpan<byte> packet, bool isDisco, RelayMetrics metrics)
    {
        ref var ring = ref isDisco ? ref _disco : ref _data;
        var length = DerpFrame.PacketOverhead + packet.Length;
        while (ring.IsFullFor(length))
        {
            Drop(ref ring, isDisco, DropReason.QueueHead, metrics);
        }

        DerpFrame.WritePacket(ring.Add(length), DerpFrameType.RecvPacket, source, packet);
    }

    /// <summary>Moves the next frame to where there is room for it.</summary>
    /// <returns>The packet's length.</returns>
    public int Take(Span<byte> destination, out bool isDisco)
    {
        isDisco = IsDiscoNext;
        _discoWasLast = isDisco;
        ref var ring = ref isDisco ? ref _disco : ref _data;
        var frame = ring.Take();
        frame.Array.AsSpan(0, frame.Length).CopyTo(destination);
        ArrayPool<byte>.Shared.Return(frame.Array);
        return frame.Length - DerpFrame.PacketOverhead;
    }

    /// <summary>Gives back what an empty queue does not need.</summary>
    public void Trim()
    {
        _data.Trim();
        _disco.Trim();
    }

    /// <summary>The connection has ended.</summary>
    public void Discard(RelayMetrics metrics)
    {
        while (_data.Count > 0)
        {
            Drop(ref _data, isDisco: false, DropReason.GoneDisconnected, metrics);
        }

        while (_disco.Count > 0)
        {
            Drop(ref _disco, isDisco: true, DropReason.GoneDisconnected, metrics);
        }

        Trim();
    }

    private static void Drop(ref FrameRing ring, bool isDisco, DropReason reason, RelayMetrics metrics)
    {
        var frame = ring.Take();
        ArrayPool<byte>.Shared.Return(frame.Array);
        metrics.Drop(reason, isDisco, frame.Length - DerpFrame.PacketOverhead);
    }
}
