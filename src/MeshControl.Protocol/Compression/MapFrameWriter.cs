using System.Buffers;
using MeshControl.Protocol.Memory;

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
    /// <summary>A message up to here is compressed right into the output, whose buffers are about as long as a memory page.</summary>
    private const int MaxDirectLength = 3500;

    private readonly byte[] _keepAlive;
    private readonly byte[] _padding;

    public MapFrameWriter(ZstdCompressor compressor)
    {
        Compressor = compressor;
        _keepAlive = WithPrefix(compressor.Compress(MapFrame.KeepAliveJson));
        _padding = compressor.Compress(" "u8, ZstdFrameOptions.SharedPiece);
    }

    /// <summary>The compressed keep-alive with its prefix.</summary>
    public ReadOnlyMemory<byte> KeepAliveFrame => _keepAlive;

    /// <summary>The body length that belongs to keep-alives alone.</summary>
    public int KeepAliveBodyLength => _keepAlive.Length - MapFrame.PrefixLength;

    internal ZstdCompressor Compressor { get; }

    /// <summary>Begins a message that is put together from pieces. Dispose of it after <see cref="MapBody.WriteTo"/>.</summary>
    /// <param name="compress">Whether the client asked for zstd.</param>
    public MapBody Begin(bool compress) => new(this, compress);

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

        var longest = MapFrame.PrefixLength + ZstdCompressor.GetMaxCompressedLength(json.Length);
        if (longest > MaxDirectLength)
        {
            // The output would keep room for the worst case until the client has read the message.
            using var buffer = new PooledBuffer(longest);
            if (TryCompress(json, buffer))
            {
                output.Write(buffer.Written);
                return;
            }
        }
        else if (TryCompress(json, output))
        {
            return;
        }

        WriteWithSpaces(output, json);
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
        MapFrame.WritePrefix(output.GetSpan(MapFrame.PrefixLength), json.Length);
        output.Advance(MapFrame.PrefixLength);
        output.Write(json);
    }

    /// <summary>Fails when the body has the length that belongs to keep-alives; then nothing is written.</summary>
    private bool TryCompress(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var frame = output.GetSpan(MapFrame.PrefixLength + ZstdCompressor.GetMaxCompressedLength(json.Length));
        var length = Compressor.Compress(json, frame[MapFrame.PrefixLength..]);
        if (length == KeepAliveBodyLength)
        {
            return false;
        }

        MapFrame.WritePrefix(frame, length);
        output.Advance(MapFrame.PrefixLength + length);
        return true;
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
            var body = Compressor.Compress(padded);
            if (body.Length != KeepAliveBodyLength)
            {
                output.Write(WithPrefix(body));
                return;
            }
        }
    }
}
