using MeshControl.Fuzz.Mutations;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Fuzz.Targets.Derp;

/// <summary>Frames of every type, as honest peers write them, with lengths around the limits.</summary>
internal sealed class FrameSamples
{
    private static readonly int[] PacketLengths = [0, 1, 29, 30, 31, 32, 61, 62, 63, 100, 148, 1280, 1400];

    private readonly List<byte[]> _client = [];
    private readonly List<byte[]> _mesh = [];
    private readonly List<byte[]> _frames = [];
    private readonly List<byte[]> _long = [];

    public FrameSamples(IReadOnlyList<NodePublicKey> keys)
    {
        foreach (var key in keys)
        {
            foreach (var length in PacketLengths)
            {
                _client.Add(Packet(DerpFrameType.SendPacket, key, length));
                _frames.Add(Packet(DerpFrameType.RecvPacket, key, length));
                _mesh.Add(Forward(keys[0], key, length));
            }

            _mesh.Add(Write(64, span => DerpFrame.WriteClosePeer(span, key)));
            _mesh.Add(Write(64, span => DerpFrame.WriteEmpty(span, DerpFrameType.WatchConns)));
            _frames.Add(Write(64, span => DerpFrame.WritePeerGone(span, key, PeerGoneReason.NotHere)));
            _frames.Add(Write(64, span => DerpFrame.WritePeerPresent(span, key, new(0x0100007F, 41641), PeerPresentFlags.Regular)));
            foreach (var excess in (int[])[-1, 0, 1])
            {
                _long.Add(Packet(DerpFrameType.SendPacket, key, DerpProtocol.MaxPacketLength + excess));
                _long.Add(Forward(keys[0], key, DerpProtocol.MaxPacketLength + excess));
            }
        }

        foreach (var length in (int[])[8, 9, 999, 1000])
        {
            _client.Add(Raw(DerpFrameType.Ping, length));
        }

        foreach (var length in (int[])[0, 7, 1001])
        {
            _frames.Add(Raw(DerpFrameType.Ping, length));
        }

        foreach (var type in (DerpFrameType[])[DerpFrameType.Pong, DerpFrameType.KeepAlive, DerpFrameType.Health, (DerpFrameType)0x7F])
        {
            _client.Add(Raw(type, 0));
            _client.Add(Raw(type, 300));
        }

        _client.Add(Write(64, span => DerpFrame.WriteNotePreferred(span, preferred: true)));
        _client.Add(Write(64, span => DerpFrame.WriteNotePreferred(span, preferred: false)));

        foreach (var type in Enum.GetValues<DerpFrameType>().Append((DerpFrameType)0).Append((DerpFrameType)0x16).Append((DerpFrameType)0xFF))
        {
            foreach (var length in (int[])[0, 1, 2, 31, 32, 33, 40, 50, 51, 64])
            {
                _frames.Add(Raw(type, length));
            }
        }
    }

    /// <summary>A frame of any kind; now and then one of the longest.</summary>
    public ReadOnlySpan<byte> Pick(FuzzRandom random) =>
        random.Pick(random.OneIn(400) ? _long : random.OneIn(2) ? _frames : random.OneIn(2) ? _client : _mesh);

    /// <summary>A frame that a client sends, or a mesh peer; now and then one that ends the connection.</summary>
    public ReadOnlySpan<byte> PickAllowed(FuzzRandom random, bool isMeshPeer) =>
        random.OneIn(64) ? Pick(random) : random.Pick(isMeshPeer && random.OneIn(2) ? _mesh : _client);

    private static byte[] Packet(DerpFrameType type, NodePublicKey key, int length) =>
        Write(DerpFrame.PacketOverhead + length, span => DerpFrame.WritePacket(span, type, key.Bytes.Span, Content(length)));

    private static byte[] Forward(NodePublicKey source, NodePublicKey target, int length) =>
        Write(DerpFrame.ForwardOverhead + length, span => DerpFrame.WriteForwardPacket(span, source, target, Content(length)));

    private static byte[] Raw(DerpFrameType type, int length)
    {
        var frame = new byte[DerpProtocol.HeaderLength + length];
        DerpFrame.WriteHeader(frame, type, length);
        Content(length).CopyTo(frame, DerpProtocol.HeaderLength);
        return frame;
    }

    // Every second one is a disco message, if it is long enough for one.
    private static byte[] Content(int length)
    {
        byte[] content = [.. Enumerable.Range(0, length).Select(i => (byte)(i + length))];
        if (length % 2 == 0 && length >= 6)
        {
            ((ReadOnlySpan<byte>)[0x54, 0x53, 0xF0, 0x9F, 0x92, 0xAC]).CopyTo(content);
        }

        return content;
    }

    private static byte[] Write(int room, Func<byte[], int> write)
    {
        var buffer = new byte[room];
        return buffer[..write(buffer)];
    }
}
