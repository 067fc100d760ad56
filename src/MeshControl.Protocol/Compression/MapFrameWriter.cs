using System.Buffers;

namespace MeshControl.Protocol.Compression;

/// <summary>
/// Writes the messages of map streams. It borrows the compressor, holds nothing per stream, and may be used concurrently.
/// </summary>
/// <remarks>
/// Clients remember the compressed bytes of a keep-alive to skip decoding the next one. So a keep-alive has the same bytes each
/// time. And because the remembered bytes may be the client's receive buffer itself, any other message of the same compressed
/// length could be taken for a keep-alive and lost: no message is given that length.
/// </remarks>
public sealed class MapFrameWriter
{
    private readonly ZstdCompressor _compressor;
    private readonly byte[] _keepAlive;
    private readonly byte[] _padding;

    public MapFrameWriter(ZstdCompressor compressor)
    {
        _compressor = compressor;
        _keepAlive = WithPrefix(compressor.Compress(MapFrame.KeepAliveJson));
        _padding = compressor.Compress(" "u8, ZstdFrameOptions.SharedPiece);
    }

    /// <summary>The compressed keep-alive with its prefix.</summary>
    public ReadOnlyMemory<byte> KeepAliveFrame => _keepAlive;

    /// <summary>The body length that belongs to keep-alives alone.</summary>
    public int KeepAliveBodyLength => _keepAlive.Length - MapFrame.PrefixLength;

    public void WriteKeepAlive(IBufferWriter<byte> output, bool compress)
    {
        if (compress)
        {
            output.Write(_keepAlive);
        }
        else
        {
            WriteRaw(output, MapFrame.KeepAliveJson);
        }
    }

    /// <summary>Writes a message as one compressed frame, or as it is for a client that did not ask for compression.</summary>
    /// <param name="output">Receives prefix and body.</param>
    /// <param name="json">One whole JSON object.</param>
    /// <param name="compress">Whether the client asked for zstd, as all stock clients do.</param>
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> json, bool compress)
    {
        if (!compress)
        {
            WriteRaw(output, json);
            return;
        }

        if (json.SequenceEqual(MapFrame.KeepAliveJson))
        {
            output.Write(_keepAlive);
            return;
        }

        var frame = output.GetSpan(MapFrame.PrefixLength + ZstdCompressor.GetMaxCompressedLength(json.Length));
        var length = _compressor.Compress(json, frame[MapFrame.PrefixLength..]);
        if (length == KeepAliveBodyLength)
        {
            WriteWithSpaces(output, json);
            return;
        }

        MapFrame.WritePrefix(frame, length);
        output.Advance(MapFrame.PrefixLength + length);
    }

    /// <summary>Writes a message whose pieces have been compressed already, in order.</summary>
    /// <param name="output">Receives prefix and body.</param>
    /// <param name="pieces">Whole zstd frames that together unpack to one JSON object.</param>
    public void WritePieces(IBufferWriter<byte> output, ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
    {
        var length = 0;
        foreach (var piece in pieces)
        {
            length = checked(length + piece.Length);
        }

        var needsPadding = length == KeepAliveBodyLength;
        MapFrame.WritePrefix(output.GetSpan(MapFrame.PrefixLength), needsPadding ? length + _padding.Length : length);
        output.Advance(MapFrame.PrefixLength);
        foreach (var piece in pieces)
        {
            output.Write(piece.Span);
        }

        if (needsPadding)
        {
            // A space after the object, in a frame of its own.
            output.Write(_padding);
        }
    }

    private static void WriteRaw(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var frame = output.GetSpan(MapFrame.PrefixLength + json.Length);
        MapFrame.WritePrefix(frame, json.Length);
        json.CopyTo(frame[MapFrame.PrefixLength..]);
        output.Advance(MapFrame.PrefixLength + json.Length);
    }

    private static byte[] WithPrefix(ReadOnlySpan<byte> body)
    {
        var frame = new byte[MapFrame.PrefixLength + body.Length];
        MapFrame.WritePrefix(frame, body.Length);
        body.CopyTo(frame.AsSpan(MapFrame.PrefixLength));
        return frame;
    }

    // Almost always one space is enough; a very compressible message may swallow a few before it grows.
    private void WriteWithSpaces(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        for (var spaces = 1; ; spaces++)
        {
            var padded = new byte[json.Length + spaces];
            json.CopyTo(padded);
            padded.AsSpan(json.Length).Fill((byte)' ');
            var body = _compressor.Compress(padded);
            if (body.Length != KeepAliveBodyLength)
            {
                output.Write(WithPrefix(body));
                return;
            }
        }
    }
}
