using System.IO.Pipelines;

namespace MeshControl.Derp.Tests.Relay.Support;

/// <summary>
/// Two streams, each of which reads what the other writes. Like a socket's, a write is done when there is room for it, and waits when the
/// other side has not read so many bytes.
/// </summary>
internal static class MemoryStreamPair
{
    public static (MemoryDuplexStream Near, MemoryDuplexStream Far) Create(int room = 64 * 1024, int mostPerRead = int.MaxValue)
    {
        // A reader that has waited goes on on a thread of its own, as with sockets.
        var options = new PipeOptions(pauseWriterThreshold: room, resumeWriterThreshold: Math.Max(1, room / 2), useSynchronizationContext: false);
        var (there, back) = (new Pipe(options), new Pipe(options));
        return (new MemoryDuplexStream(back.Reader, there.Writer) { MostPerRead = mostPerRead }, new MemoryDuplexStream(there.Reader, back.Writer));
    }
}
