using System.Buffers;
using System.IO.Pipelines;

namespace MeshControl.Derp.Tests.Relay.Support;

/// <summary>One end of a <see cref="MemoryStreamPair"/>.</summary>
internal sealed class MemoryDuplexStream(PipeReader reader, PipeWriter writer) : Stream
{
    // Guards the reader against being ended in the middle of a read.
    private readonly Lock _gate = new();
    private int _writes;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>How often something was written.</summary>
    public int Writes => Volatile.Read(ref _writes);

    /// <summary>The largest buffer that is given to a read; smaller than what there is makes frames come in pieces.</summary>
    public int MostPerRead { get; init; } = int.MaxValue;

    public bool IsAborted { get; private set; }

    /// <summary>Reads and writes on this side fail from now on. The other side can still read what was written before.</summary>
    public void Abort()
    {
        IsAborted = true;
        writer.CancelPendingFlush();
        End();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await reader.ReadAsync(cancellationToken);
        if (result.IsCanceled)
        {
            throw new IOException("The connection was aborted.");
        }

        lock (_gate)
        {
            if (_ended)
            {
                throw new IOException("The connection was ended on this side.");
            }

            var count = (int)Math.Min(Math.Min(buffer.Length, MostPerRead), result.Buffer.Length);
            var taken = result.Buffer.Slice(0, count);
            taken.CopyTo(buffer.Span);
            // Nothing is marked as looked at, so that a read of nothing leaves all for the next one.
            reader.AdvanceTo(taken.End);
            return count;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsAborted)
        {
            throw new IOException("The connection was aborted.");
        }

        Interlocked.Increment(ref _writes);
        var result = await writer.WriteAsync(buffer, cancellationToken);
        if (result.IsCanceled || result.IsCompleted)
        {
            throw new IOException("The connection was closed by the other side.");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            End();
        }

        base.Dispose(disposing);
    }

    private void End()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            reader.CancelPendingRead();
            // What the other side still writes fails.
            reader.Complete();
        }

        writer.Complete();
    }
}
