using System.Buffers;
using System.IO.Pipelines;
using MeshControl.Protocol.Derp;

namespace MeshControl.Derp.Client;

/// <summary>Takes frames out of the bytes of a relay. For one caller at a time.</summary>
internal sealed class RelayFrameReader(PipeReader reader)
{
    private SequencePosition? _consumed;

    /// <returns>The next frame; null when the connection ended, with or without half a frame.</returns>
    /// <exception cref="InvalidDataException">A frame is longer than any.</exception>
    public async ValueTask<RelayFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_consumed is { } consumed)
        {
            _consumed = null;

            // Examined no further than consumed, so that what is there already is seen again at once.
            reader.AdvanceTo(consumed);
        }

        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (TryTake(read.Buffer, out var frame))
            {
                return frame;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    private bool TryTake(in ReadOnlySequence<byte> buffer, out RelayFrame frame)
    {
        frame = default;
        if (buffer.Length < DerpProtocol.HeaderLength)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[DerpProtocol.HeaderLength];
        buffer.Slice(0, DerpProtocol.HeaderLength).CopyTo(header);
        var (type, length) = DerpFrame.ReadHeader(header);
        if (length > DerpProtocol.MaxFrameLength)
        {
            throw new InvalidDataException($"The relay announced a frame of {length} bytes.");
        }

        if (buffer.Length - DerpProtocol.HeaderLength < length)
        {
            return false;
        }

        var payload = buffer.Slice(DerpProtocol.HeaderLength, length);
        _consumed = payload.End;
        frame = new RelayFrame(type, payload.IsSingleSegment ? payload.First : payload.ToArray());
        return true;
    }
}
