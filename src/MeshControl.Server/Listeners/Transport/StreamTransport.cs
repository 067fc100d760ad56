using System.Buffers;
using System.IO.Pipelines;

namespace MeshControl.Server.Listeners.Transport;

/// <summary>A stream as the web server wants its connections. While there is nothing to read it holds no buffer.</summary>
internal sealed class StreamTransport(Stream stream, MemoryPool<byte>? pool = null) : IDuplexPipe
{
    public PipeReader Input { get; } = PipeReader.Create(
        stream, new StreamPipeReaderOptions(pool, leaveOpen: true, useZeroByteReads: true));

    public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(pool, leaveOpen: true));
}
