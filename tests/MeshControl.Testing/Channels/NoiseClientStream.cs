using System.Buffers;
using MeshControl.Protocol.Noise;

namespace MeshControl.Testing.Channels;

/// <summary>
/// The client's end of a Noise channel as a stream of plaintext. One reader and one writer at a time; owns the inner stream
/// and the session.
/// </summary>
public sealed class NoiseClientStream : AsyncStream
{
    // Holds one record, and the start of the next if the network delivers it in the same piece.
    private const int BufferLength = NoiseProtocol.MaxRecordLength;

    private readonly Stream _inner;
    private readonly NoiseSession _session;
    private readonly ByteCounter _counter;
    private readonly byte[] _buffer = new byte[BufferLength];
    private byte[] _plain = [];
    private int _plainStart;
    private int _received;
    private int _broken;

    /// <param name="inner">The connection behind the handshake.</param>
    /// <param name="session">What the handshake left behind.</param>
    /// <param name="leftover">Bytes that arrived behind the handshake's answer, at most one record's worth.</param>
    /// <param name="counter">Counts ciphertext.</param>
    public NoiseClientStream(Stream inner, NoiseSession session, ReadOnlySpan<byte> leftover, ByteCounter counter)
    {
        _inner = inner;
        _session = session;
        _counter = counter;
        if (leftover.Length > _buffer.Length)
        {
            _buffer = new byte[leftover.Length];
        }

        leftover.CopyTo(_buffer);
        _received = leftover.Length;
    }

    /// <summary>True once the other side closed the connection or a record could not be read or written.</summary>
    public bool IsBroken => Volatile.Read(ref _broken) != 0;

    /// <summary>The connection behind the channel; who writes to it directly has to know what for.</summary>
    internal Stream Wire => _inner;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_plainStart == _plain.Length)
        {
            if (TryTakeRecord())
            {
                continue;
            }

            var count = await ReceiveAsync(cancellationToken);
            if (count == 0)
            {
                return 0;
            }
        }

        var length = Math.Min(buffer.Length, _plain.Length - _plainStart);
        _plain.AsMemory(_plainStart, length).CopyTo(buffer);
        _plainStart += length;
        return length;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        var records = (buffer.Length + NoiseProtocol.MaxPlaintextLength - 1) / NoiseProtocol.MaxPlaintextLength;
        var length = buffer.Length + (records * NoiseProtocol.RecordOverhead);
        var wire = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Seal(buffer.Span, wire.AsSpan(0, length));
            await _inner.WriteAsync(wire.AsMemory(0, length), cancellationToken);
            _counter.AddSent(length);
        }
        catch
        {
            // A record that was sealed but not delivered cannot be repeated.
            Break();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(wire);
        }
    }

    /// <summary>One record of plaintext that is not sent, for peers that do with it what they should not.</summary>
    internal byte[] SealRecord(ReadOnlySpan<byte> plaintext)
    {
        var record = new byte[plaintext.Length + NoiseProtocol.RecordOverhead];
        Seal(plaintext, record);
        return record;
    }

    public override async ValueTask DisposeAsync()
    {
        Break();
        await _inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        Break();
        if (disposing)
        {
            // The ciphers are left to the collector: a reader that is being cancelled may still hold one.
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReceiveAsync(CancellationToken cancellationToken)
    {
        int count;
        try
        {
            count = await _inner.ReadAsync(_buffer.AsMemory(_received), cancellationToken);
        }
        catch
        {
            Break();
            throw;
        }

        _received += count;
        _counter.AddReceived(count);
        if (count == 0)
        {
            Break();
        }

        return count;
    }

    private bool TryTakeRecord()
    {
        var status = NoiseRecord.ReadHeader(_buffer.AsSpan(0, _received), out var length);
        var total = NoiseProtocol.HeaderLength + length;
        if (status == NoiseRecordStatus.NeedMore || (status == NoiseRecordStatus.Done && _received < total))
        {
            return false;
        }

        if (status != NoiseRecordStatus.Done)
        {
            Break();
            throw new IOException($"The server sent a bad record: {status}.");
        }

        var plaintext = new byte[length - NoiseProtocol.TagLength];
        if (!_session.Receiving.TryOpen(_buffer.AsSpan(NoiseProtocol.HeaderLength, length), plaintext, out _))
        {
            Break();
            throw new IOException("A record of the server is not the next one that it sealed.");
        }

        _plain = plaintext;
        _plainStart = 0;
        _buffer.AsSpan(total, _received - total).CopyTo(_buffer);
        _received -= total;
        return true;
    }

    private void Seal(ReadOnlySpan<byte> plaintext, Span<byte> wire)
    {
        while (!plaintext.IsEmpty)
        {
            var length = Math.Min(plaintext.Length, NoiseProtocol.MaxPlaintextLength);
            var record = wire[..(length + NoiseProtocol.RecordOverhead)];
            plaintext[..length].CopyTo(record[NoiseProtocol.HeaderLength..]);
            if (!NoiseRecord.TrySeal(_session.Sending, record))
            {
                throw new IOException("The sending cipher is exhausted.");
            }

            plaintext = plaintext[length..];
            wire = wire[record.Length..];
        }
    }

    private void Break() => Volatile.Write(ref _broken, 1);
}
