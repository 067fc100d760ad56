using System.Buffers;

namespace MeshControl.Derp.Relay;

/// <summary>
/// The bytes that a connection has sent and that are not yet worked off. Its memory is pooled and follows what has really come: nothing while
/// the connection is idle, hardly more than the bytes of an unfinished frame while the rest of it is awaited, and more than
/// <see cref="UsualLength"/> only once so much of one frame is there. Owned by the connection's reader.
/// </summary>
internal sealed class ReadBuffer
{
    /// <summary>Several TLS records, so that a busy client's packets are worked off in batches.</summary>
    public const int UsualLength = 32 * 1024;

    private byte[]? _array;
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Unread => _array.AsSpan(_start, _end - _start);

    public int UnreadLength => _end - _start;

    /// <summary>The connection may be silent for long: keeps what is unread and no more.</summary>
    public void Park()
    {
        var length = UnreadLength;
        if (_array is null || length > _array.Length / 2)
        {
            return;
        }

        byte[]? smaller = null;
        if (length > 0)
        {
            smaller = ArrayPool<byte>.Shared.Rent(length);
            Unread.CopyTo(smaller);
        }

        Replace(smaller, length);
    }

    /// <summary>Where the next bytes go; never empty.</summary>
    public Memory<byte> Free()
    {
        var length = UnreadLength;
        if (_array is null || _array.Length < UsualLength)
        {
            Grow(UsualLength, length);
        }
        else if (length == _array.Length)
        {
            // One frame fills all of it, so that much of it has come; it is worth as much again.
            Grow(2 * length, length);
        }
        else if (_start > 0)
        {
            Unread.CopyTo(_array);
            _start = 0;
            _end = length;
        }

        return _array.AsMemory(_end);
    }

    public void Filled(int count) => _end += count;

    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    /// <summary>The connection has ended.</summary>
    public void Release() => Replace(null, 0);

    private void Grow(int capacity, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(capacity);
        Unread.CopyTo(larger);
        Replace(larger, length);
    }

    private void Replace(byte[]? array, int length)
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = array;
        _start = 0;
        _end = length;
    }
}
