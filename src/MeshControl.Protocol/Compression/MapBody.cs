using System.Buffers;
using MeshControl.Protocol.Memory;

namespace MeshControl.Protocol.Compression;

/// <summary>
/// The body of one message of a map stream while it is put together: text of its own, and between it frames that were compressed
/// before and serve many messages. Clients decode frame after frame until the body ends.
/// <code>
/// text ─► own frame │ shared frame │ shared frame │ text ─► own frame
/// </code>
/// Made by <see cref="MapFrameWriter.Begin"/>; its buffers go back to the pool when it is disposed of.
/// </summary>
public sealed class MapBody : IDisposable
{
    private readonly MapFrameWriter _frames;

    // What is compressed already; null until the first shared frame, as most messages have none.
    private PooledBuffer? _compressed;

    internal MapBody(MapFrameWriter frames, bool compress) => (_frames, IsCompressed) = (frames, compress);

    /// <summary>Whether shared frames may be added: the client asked for zstd.</summary>
    public bool IsCompressed { get; }

    /// <summary>Text of this message alone, from the last shared frame on.</summary>
    public PooledBuffer Text { get; } = new();

    /// <summary>Makes a frame to keep and to add to any number of bodies.</summary>
    public byte[] CompressShared(ReadOnlySpan<byte> text) => _frames.Compressor.Compress(text, ZstdFrameOptions.SharedPiece);

    /// <summary>Goes on with a piece that is compressed already.</summary>
    /// <param name="frame">From <see cref="CompressShared"/>.</param>
    public void AddFrame(ReadOnlySpan<byte> frame)
    {
        if (!IsCompressed)
        {
            throw new InvalidOperationException("The client did not ask for compression.");
        }

        _compressed ??= new PooledBuffer(frame.Length + Text.Length);
        CloseText(_compressed);
        _compressed.Write(frame);
    }

    /// <summary>Writes the whole message with its length in front.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        if (_compressed is null)
        {
            _frames.Write(output, Text.Written, IsCompressed);
            return;
        }

        CloseText(_compressed);
        _frames.WritePieces(output, [_compressed.WrittenMemory]);
    }

    public void Dispose()
    {
        Text.Dispose();
        _compressed?.Dispose();
    }

    private void CloseText(PooledBuffer compressed)
    {
        if (Text.Length > 0)
        {
            // Without its length, as all frames of a body that has several.
            _frames.Compressor.Compress(Text.Written, compressed, ZstdFrameOptions.SharedPiece);
            Text.Truncate(0);
        }
    }
}
