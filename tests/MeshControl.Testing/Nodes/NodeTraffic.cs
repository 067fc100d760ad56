using System.Collections.Immutable;
using MeshControl.Testing.Channels;

namespace MeshControl.Testing.Nodes;

/// <summary>What a simulated node sent and received. All members may be used concurrently.</summary>
public sealed class NodeTraffic
{
    private readonly Lock _lock = new();
    private readonly List<ReceivedMessage> _messages = [];
    private int _channels;
    private int _streams;
    private int _emptyStreams;
    private int _requests;
    private int _received;
    private int _keepAlives;

    /// <summary>Bytes of all channels of the node, inside TLS and with what Noise adds.</summary>
    public ByteCounter Bytes { get; } = new();

    /// <summary>Channels that were opened.</summary>
    public int Channels => Volatile.Read(ref _channels);

    /// <summary>Map streams that the server answered with status 200.</summary>
    public int Streams => Volatile.Read(ref _streams);

    /// <summary>Streams of status 200 that ended before their first message, which drives clients into a loop of retries.</summary>
    public int EmptyStreams => Volatile.Read(ref _emptyStreams);

    /// <summary>Requests inside channels.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Messages of streams, keep-alives included.</summary>
    public int MessagesReceived => Volatile.Read(ref _received);

    public int KeepAlivesReceived => Volatile.Read(ref _keepAlives);

    /// <summary>The recorded messages in order; empty for a node that records none.</summary>
    public ImmutableArray<ReceivedMessage> Messages
    {
        get
        {
            lock (_lock)
            {
                return [.. _messages];
            }
        }
    }

    internal void AddChannel() => Interlocked.Increment(ref _channels);

    internal int AddStream() => Interlocked.Increment(ref _streams);

    internal void AddEmptyStream() => Interlocked.Increment(ref _emptyStreams);

    internal void AddRequest() => Interlocked.Increment(ref _requests);

    /// <summary>Counts a message, and keeps it if asked to.</summary>
    public void AddMessage(ReceivedMessage message, bool record)
    {
        Interlocked.Increment(ref _received);
        if (message.Message.KeepAlive)
        {
            Interlocked.Increment(ref _keepAlives);
        }

        if (record)
        {
            lock (_lock)
            {
                _messages.Add(message);
            }
        }
    }
}
