using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using MeshControl.Protocol.Noise;
using Microsoft.AspNetCore.Connections;

namespace MeshControl.Server.Noise;

/// <summary>
/// Opens records as they are read. Holds a buffer only while there is plaintext that nobody has consumed: an idle connection
/// costs none, and there is no pump task and no second pipe.
/// </summary>
/// <remarks>
/// <code>
/// inner reader ─► whole records ─► opened into _buffer[_start.._end] ─► handed out as one segment
/// </code>
/// Owned by the connection's read loop; a failure is final.
/// </remarks>
internal sealed class NoisePipeReader(PipeReader inner, NoiseCipher cipher) : PipeReader
{
    /// <summary>
    /// Plaintext made in one step. Without a bound a backlog of records would become one large buffer; with it, many parallel
    /// uploads cost a fraction of the memory and finish sooner.
    /// </summary>
    private const int MaxStep = 32 * 1024;

    private const int SmallestBuffer = NoiseProtocol.MaxRecordLength;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private bool _unseen;
    private bool _completed;
    private IOException? _failure;

    public override bool TryRead(out ReadResult result)
    {
        if (_unseen)
        {
            result = Result(canceled: false);
            return true;
        }

        if (!_completed && TryReadRecords(out var records))
        {
            var canceled = records.IsCanceled;
            if (Open(records) || _completed || canceled)
            {
                result = ResultOrThrow(canceled);
                return true;
            }
        }

        if (_completed)
        {
            result = ResultOrThrow(canceled: false);
            return true;
        }

        result = default;
        return false;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        TryRead(out var result) ? new ValueTask<ReadResult>(result) : ReadMoreAsync(cancellationToken);

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_buffer is null)
        {
            return;
        }

        // A sequence over one array has indexes into it as positions; the end's carries a flag in the sign bit.
        _start = consumed.GetInteger() & int.MaxValue;
        _unseen = (examined.GetInteger() & int.MaxValue) < _end;
        if (_start == _end)
        {
            Release();
        }
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        _completed = true;
        Release();
        inner.Complete(exception);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadMoreAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult records;
            try
            {
                records = await inner.ReadAsync(cancellationToken);
            }
            catch (SocketException exception)
            {
                throw Lost(exception);
            }

            var canceled = records.IsCanceled;
            if (Open(records) || _completed || canceled)
            {
                return ResultOrThrow(canceled);
            }
        }
    }

    private bool TryReadRecords(out ReadResult records)
    {
        try
        {
            return inner.TryRead(out records);
        }
        catch (SocketException exception)
        {
            throw Lost(exception);
        }
    }

    // The kernel gives connections up whose peer vanished without a word, which is how most laptops leave. The web server knows
    // other ends of sockets as ordinary, but would report this one to the operator.
    private static ConnectionResetException Lost(SocketException exception) => new(exception.Message, exception);

    private ReadResult ResultOrThrow(bool canceled) => _failure is { } failure && !_unseen ? throw failure : Result(canceled);

    private ReadResult Result(bool canceled) => new(
        _buffer is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_buffer, _start, _end - _start),
        canceled,
        _completed && _failure is null);

    /// <summary>Opens all whole records that were read, up to the bound.</summary>
    /// <returns>Whether there is new plaintext.</returns>
    private bool Open(in ReadResult records)
    {
        var rest = records.Buffer;
        var made = 0;
        var more = false;
        while (true)
        {
            if (made >= MaxStep)
            {
                more = true;
                break;
            }

            var status = NoiseRecord.Read(ref rest, out var ciphertext);
            if (status == NoiseRecordStatus.NeedMore)
            {
                break;
            }

            if (status != NoiseRecordStatus.Done)
            {
                Fail($"The peer sent what is no record ({status}).");
                break;
            }

            var room = (int)ciphertext.Length - NoiseProtocol.TagLength;
            Debug.Assert(room >= 0, "The codec lets no record through that has no room for a tag.");
            MakeRoom(room);
            if (!NoiseRecord.TryOpen(cipher, ciphertext, _buffer.AsSpan(_end, room), out var written))
            {
                Fail("A record does not authenticate.");
                break;
            }

            _end += written;
            made += written;
        }

        if (_start == _end)
        {
            // Nothing but empty records, or a bad one.
            Release();
        }

        inner.AdvanceTo(rest.Start, more ? rest.Start : rest.End);
        _completed |= records.IsCompleted && !more;
        _unseen |= made > 0;
        return made > 0;
    }

    private void Fail(string message)
    {
        _failure = new IOException(message);
        _completed = true;
    }

    private void MakeRoom(int length)
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(length, SmallestBuffer));
            _start = _end = 0;
            return;
        }

        if (_buffer.Length - _end >= length)
        {
            return;
        }

        var kept = _buffer.AsSpan(_start, _end - _start);
        if (_start > 0 && _buffer.Length - kept.Length >= length)
        {
            kept.CopyTo(_buffer);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(kept.Length + length, _buffer.Length * 2));
            kept.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        _end -= _start;
        _start = 0;
    }

    private void Release()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _start = _end = 0;
        _unseen = false;
    }
}
