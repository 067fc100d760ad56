using System.Threading.Channels;
using MeshControl.Derp.Client;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Mesh;

/// <summary>What a link writes: all that was added since the last write, in one go. Adding never waits.</summary>
internal sealed class MeshWriter
{
    /// <summary>What one write takes at most: the time for a write is for so much.</summary>
    private const int WriteSize = 64 * 1024;

    private readonly MeshQueue _queue = new();

    // Many flushes while one is served are worth one.
    private readonly Channel<bool> _flushes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Set before anything is written.</summary>
    public MeshMetrics? Metrics { get; set; }

    /// <summary>From now on frames are taken.</summary>
    public void Open() => _queue.Open();

    /// <summary>Frames are not taken any more, and those that wait are dropped.</summary>
    public void Close() => Metrics?.Dropped(_queue.Close());

    /// <summary>A packet; goes out with the next <see cref="Flush"/>, or is dropped.</summary>
    public void Add(NodePublicKey source, NodePublicKey destination, ReadOnlySpan<byte> packet)
    {
        if (!_queue.TryAdd(source, destination, packet))
        {
            Metrics?.Dropped(1);
        }
    }

    public void Flush() => _flushes.Writer.TryWrite(true);

    /// <summary>
    /// The first frames after the login. A relay that does not take this one for its like hangs up instead of answering the ping.
    /// </summary>
    public void Watch()
    {
        Span<byte> frames = stackalloc byte[DerpProtocol.HeaderLength + DerpFrame.PongFrameLength];
        var length = DerpFrame.WriteEmpty(frames, DerpFrameType.WatchConns);
        DerpFrame.WritePing(frames[length..], DerpFrameType.Ping, stackalloc byte[DerpProtocol.PingLength]);
        _queue.TryAdd(frames);
        Flush();
    }

    /// <param name="ping">The payload of a ping that is long enough.</param>
    public void Answer(ReadOnlySpan<byte> ping)
    {
        Span<byte> pong = stackalloc byte[DerpFrame.PongFrameLength];
        DerpFrame.WritePing(pong, DerpFrameType.Pong, ping);
        _queue.TryAdd(pong);
        Flush();
    }

    /// <summary>Writes until the connection ends, which the client knows, or it is cancelled.</summary>
    public async Task RunAsync(RelayClient client, CancellationToken cancellationToken)
    {
        try
        {
            while (await _flushes.Reader.WaitToReadAsync(cancellationToken))
            {
                _flushes.Reader.TryRead(out _);
                while (_queue.TryTake(out var bytes, out var length, out var packets))
                {
                    if (!await TrySendAsync(client, bytes, length, cancellationToken))
                    {
                        Metrics?.Dropped(packets);
                        return;
                    }

                    Metrics?.Sent(packets, length);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The connection is over.
        }
    }

    private static async Task<bool> TrySendAsync(RelayClient client, byte[] bytes, int length, CancellationToken cancellationToken)
    {
        try
        {
            for (var start = 0; start < length; start += WriteSize)
            {
                if (!await client.SendAsync(bytes.AsMemory(start, Math.Min(WriteSize, length - start)), cancellationToken))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            MeshQueue.Release(bytes);
        }
    }
}
