using System.Buffers;

namespace MeshControl.Derp.Relay;

/// <summary>
/// The frames that wait for one connection: at most <see cref="Capacity"/> and <see cref="MaxBytes"/>; a newer one pushes the oldest out,
/// because old packets are the ones whose senders have given up on them. A mutable struct, guarded by its owner's lock; its array is there
/// only while something waits.
/// </summary>
internal struct FrameRing
{
    /// <summary>As in stock relays. A longer queue would only make packets arrive later.</summary>
    public const int Capacity = 32;

    /// <summary>Bounds what a reader that stands still may hold, should everybody send it the longest packets.</summary>
    public const int MaxBytes = 1024 * 1024;

    private QueuedFrame[]? _frames;
    private int _head;
    private int _bytes;

    public int Count { get; private set; }

    /// <summary>Length of the oldest frame; there is one.</summary>
    public readonly int NextLength => _frames![_head].Length;

    public readonly bool IsFullFor(int length) => Count == Capacity || (Count > 0 && _bytes + length > MaxBytes);

    /// <summary>Adds a frame of this length, for which there is room.</summary>
    /// <returns>Where the caller writes it.</returns>
    public Span<byte> Add(int length)
    {
        _frames ??= ArrayPool<QueuedFrame>.Shared.Rent(Capacity);
        var array = ArrayPool<byte>.Shared.Rent(length);
        _frames[(_head + Count) % Capacity] = new QueuedFrame(array, length);
        Count++;
        _bytes += length;
        return array.AsSpan(0, length);
    }

    /// <summary>Takes the oldest frame off; there is one, and the caller returns its array.</summary>
    public QueuedFrame Take()
    {
        var frame = _frames![_head];
        _frames[_head] = default;
        _head = (_head + 1) % Capacity;
        Count--;
        _bytes -= frame.Length;
        return frame;
    }

    /// <summary>Gives the ring's own array back, if it is empty.</summary>
    public void Trim()
    {
        if (Count == 0 && _frames is not null)
        {
            ArrayPool<QueuedFrame>.Shared.Return(_frames);
            _frames = null;
            _head = 0;
        }
    }
}
