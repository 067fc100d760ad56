using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Memory;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>
/// The peers of one chunk as compressed frames, one for each set of them that several viewers are shown alike. A frame is known by the
/// renderings in it, so nothing has to be thrown away when something changes. May be asked concurrently.
/// </summary>
internal sealed class SharedFrames
{
    /// <summary>Fewer peers in a frame of their own are compressed too badly to be worth it.</summary>
    public const int MinPeers = 64;

    /// <summary>Sets of peers that are kept, newest first.</summary>
    internal const int MaxKept = 4;

    // What two find at once is the same, and only one of them is kept.
    private Frame[] _kept = [];

    /// <summary>
    /// The frame with these peers, each with a comma before it. Made when the second viewer asks: while a chunk changes with every
    /// message, nobody asks twice.
    /// </summary>
    /// <param name="peers">Their renderings, in order.</param>
    /// <param name="isFirst">Whether the list begins with them, so that the first one has no comma.</param>
    /// <param name="body">What it is for.</param>
    /// <returns>Null when the peers belong into the text of the message.</returns>
    public byte[]? Find(ReadOnlySpan<byte[]> peers, bool isFirst, MapBody body)
    {
        if (!body.IsCompressed || peers.Length < MinPeers)
        {
            return null;
        }

        var kept = Volatile.Read(ref _kept);
        foreach (var frame in kept)
        {
            if (frame.IsFirst == isFirst && peers.SequenceEqual(frame.Peers))
            {
                return frame.Compressed ??= Compress(peers, isFirst, body);
            }
        }

        Volatile.Write(ref _kept, [new Frame(peers.ToArray(), isFirst), .. kept.AsSpan(0, Math.Min(kept.Length, MaxKept - 1))]);
        return null;
    }

    /// <summary>Writes peers as they stand in a frame.</summary>
    public static void Write(PooledBuffer text, ReadOnlySpan<byte[]> peers, bool isFirst)
    {
        foreach (var peer in peers)
        {
            if (!isFirst)
            {
                text.Write((byte)',');
            }

            isFirst = false;
            text.Write(peer);
        }
    }

    private static byte[] Compress(ReadOnlySpan<byte[]> peers, bool isFirst, MapBody body)
    {
        using var text = new PooledBuffer(peers.Length * peers[0].Length);
        Write(text, peers, isFirst);
        return body.CompressShared(text.Written);
    }

    private sealed class Frame(byte[][] peers, bool isFirst)
    {
        public byte[][] Peers { get; } = peers;

        public bool IsFirst { get; } = isFirst;

        public byte[]? Compressed { get; set; }
    }
}
