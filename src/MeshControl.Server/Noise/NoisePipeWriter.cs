using System.IO.Pipelines;
using MeshControl.Protocol.Noise;

namespace MeshControl.Server.Noise;

/// <summary>
/// Lays records out in the transport's own memory and seals them in place: what is written is never copied, and an idle
/// connection holds no buffer. Owned by the connection's write side; a failure is final.
/// </summary>
internal sealed class NoisePipeWriter(PipeWriter inner, NoiseCipher cipher) : PipeWriter
{
    /// <summary>Room asked for when the caller does not say: small writes share a record.</summary>
    private const int DefaultHint = 64;

    // The record being filled: [3 header][_written plaintext … room][16 tag]. Empty when none is open.
    private Memory<byte> _record;
    private int _written;
    private byte[]? _oversize;
    private long _unflushed;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (sizeHint > NoiseProtocol.MaxPlaintextLength)
        {
            // More than a record holds has to be cut up afterwards.
            Seal();
            return _oversize = new byte[sizeHint];
        }

        // Asked for but not used: what is asked for last counts.
        _oversize = null;
        if (!_record.IsEmpty && _record.Length - NoiseProtocol.RecordOverhead - _written < Math.Max(sizeHint, 1))
        {
            Seal();
        }

        if (_record.IsEmpty)
        {
            var memory = inner.GetMemory(Math.Max(sizeHint, DefaultHint) + NoiseProtocol.RecordOverhead);
            _record = memory.Length > NoiseProtocol.MaxRecordLength ? memory[..NoiseProtocol.MaxRecordLength] : memory;
            _written = 0;
        }

        return _record[(NoiseProtocol.HeaderLength + _written)..^NoiseProtocol.TagLength];
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        _unflushed += bytes;
        if (_oversize is not { } oversize)
        {
            _written += bytes;
            return;
        }

        _oversize = null;
        ReadOnlySpan<byte> rest = oversize.AsSpan(0, bytes);
        while (!rest.IsEmpty)
        {
            var room = GetSpan(1);
            var part = Math.Min(room.Length, rest.Length);
            rest[..part].CopyTo(room);
            _written += part;
            rest = rest[part..];
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Seal();
        _unflushed = 0;
        return inner.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        if (exception is null)
        {
            Seal();
        }

        inner.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        if (exception is null)
        {
            Seal();
        }

        return inner.CompleteAsync(exception);
    }

    private void Seal()
    {
        if (_written > 0)
        {
            var length = _written + NoiseProtocol.RecordOverhead;
            if (!NoiseRecord.TrySeal(cipher, _record.Span[..length]))
            {
                throw new IOException("The channel's cipher is exhausted.");
            }

            inner.Advance(length);
        }

        _record = default;
        _written = 0;
        _oversize = null;
    }
}
