using MeshControl.Fuzz.Mutations;

namespace MeshControl.Fuzz.Targets.Derp;

/// <summary>
/// One side of a connection: what is read comes in the pieces that chance cut, sometimes later; what is written is kept. Writes can be held
/// back, as by a reader that stands still.
/// </summary>
internal sealed class ScriptedStream : Stream
{
    private readonly MemoryStream _written = new();
    private FuzzRandom? _random;
    private ReadOnlyMemory<byte> _unread;
    private ReadOnlyMemory<byte> _piece;
    private TaskCompletionSource? _held;
    private int _writesBeforeHold;
    private bool _isByteByByte;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public bool IsAborted { get; private set; }

    public int UnreadLength => _piece.Length + _unread.Length;

    public ReadOnlySpan<byte> Written => _written.GetBuffer().AsSpan(0, (int)_written.Length);

    /// <param name="unread">What will be read.</param>
    /// <param name="random">Cuts it into pieces.</param>
    /// <param name="writesBeforeHold">So many writes are taken at once; negative is all.</param>
    public void Begin(ReadOnlyMemory<byte> unread, FuzzRandom random, int writesBeforeHold)
    {
        _written.SetLength(0);
        _unread = unread;
        _piece = default;
        _random = random;
        _writesBeforeHold = writesBeforeHold;
        _held = null;
        _isByteByByte = unread.Length < 256 && random.OneIn(8);
        IsAborted = false;
    }

    public void Abort() => IsAborted = true;

    /// <summary>Takes the write that is held back, and all later ones.</summary>
    public void Release()
    {
        _writesBeforeHold = -1;
        _held?.SetResult();
        _held = null;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsAborted, this);
        if (buffer.IsEmpty)
        {
            return _random!.OneIn(4) ? LaterAsync() : new ValueTask<int>(0);
        }

        if (_piece.IsEmpty)
        {
            _piece = _unread[..NextLength()];
            _unread = _unread[_piece.Length..];
        }

        var count = Math.Min(buffer.Length, _piece.Length);
        _piece[..count].CopyTo(buffer);
        _piece = _piece[count..];
        return new ValueTask<int>(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsAborted, this);
        _written.Write(buffer.Span);
        if (_writesBeforeHold < 0 || _writesBeforeHold-- > 0)
        {
            return ValueTask.CompletedTask;
        }

        _held = new TaskCompletionSource();
        return new ValueTask(_held.Task);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static async ValueTask<int> LaterAsync()
    {
        await Task.Yield();
        return 0;
    }

    private int NextLength() => _isByteByByte ? Math.Min(1, _unread.Length)
        : _random!.OneIn(3) ? _unread.Length
        : Math.Min(_unread.Length, 1 + _random.Below(_random.OneIn(2) ? 64 : 4096));
}
