using MeshControl.Protocol.Keys;

namespace MeshControl.Fuzz.Targets.Derp;

/// <summary>What a client's bytes mean, by the protocol's description: to whom what is to go, and whether the connection is to be closed.</summary>
internal sealed class RelayModel
{
    private const int Key = KeyBytes.Length;
    private const int MaxPacket = 65_536;

    private readonly Dictionary<NodePublicKey, List<byte[]>> _packets = [];

    /// <summary>The first 8 bytes of each ping.</summary>
    public List<byte[]> Pings { get; } = [];

    /// <summary>Destinations of disco messages, in order; those that are not connected may be told about.</summary>
    public List<NodePublicKey> DiscoDestinations { get; } = [];

    /// <summary>Keys that a mesh peer wants closed.</summary>
    public List<NodePublicKey> Closed { get; } = [];

    /// <summary>Whether a frame broke a rule; nothing behind it counts.</summary>
    public bool IsViolation { get; private set; }

    public bool Watches { get; private set; }

    /// <summary>Source key and packet of everything that is for this key, in order.</summary>
    public IReadOnlyList<byte[]> PacketsFor(NodePublicKey key) => _packets.GetValueOrDefault(key, []);

    public static RelayModel Of(ReadOnlySpan<byte> bytes, NodePublicKey sender, bool isMeshPeer)
    {
        var model = new RelayModel();
        var frames = new WireFrames(bytes);
        while (frames.TryPeek())
        {
            if (!IsAllowed(frames.Type, frames.AnnouncedLength, isMeshPeer))
            {
                model.IsViolation = true;
                break;
            }

            if (!frames.TryTake())
            {
                break;
            }

            model.Take(frames.Type, frames.Payload, sender);
        }

        return model;
    }

    private static bool IsAllowed(byte type, uint length, bool isMeshPeer) => type switch
    {
        0x04 => length is >= Key and <= Key + MaxPacket,
        0x07 => length == 1,
        0x0a => isMeshPeer && length is >= 2 * Key and <= (2 * Key) + MaxPacket,
        0x10 => isMeshPeer && length == 0,
        0x11 => isMeshPeer && length == Key,
        0x12 => length is >= 8 and <= 1000,
        _ => length <= 1 << 20,
    };

    private static NodePublicKey KeyOf(ReadOnlySpan<byte> payload) => new(new KeyBytes(payload[..Key]));

    private void Take(byte type, ReadOnlySpan<byte> payload, NodePublicKey sender)
    {
        switch (type)
        {
            case 0x04:
                Deliver(KeyOf(payload), sender, payload[Key..]);
                if (payload.Length - Key >= 62 && payload[Key..].StartsWith((ReadOnlySpan<byte>)[0x54, 0x53, 0xF0, 0x9F, 0x92, 0xAC]))
                {
                    DiscoDestinations.Add(KeyOf(payload));
                }

                break;
            case 0x0a:
                Deliver(KeyOf(payload[Key..]), KeyOf(payload), payload[(2 * Key)..]);
                break;
            case 0x10:
                Watches = true;
                break;
            case 0x11:
                Closed.Add(KeyOf(payload));
                break;
            case 0x12:
                Pings.Add(payload[..8].ToArray());
                break;
            default:
                break;
        }
    }

    private void Deliver(NodePublicKey destination, NodePublicKey source, ReadOnlySpan<byte> packet)
    {
        if (!_packets.TryGetValue(destination, out var packets))
        {
            _packets[destination] = packets = [];
        }

        packets.Add([.. source.Bytes.Span, .. packet]);
    }
}
