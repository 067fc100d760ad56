using System.Buffers.Binary;

namespace MeshControl.Fuzz.Targets.Derp;

/// <summary>
/// Takes frames apart as the protocol's description says, with nothing of the product: type (1), length (4), payload. Whatever pieces the
/// bytes come in, the product must see the same.
/// </summary>
internal ref struct WireFrames(ReadOnlySpan<byte> bytes)
{
    private const int HeaderLength = 5;

    /// <summary>The bytes that no frame was taken of yet.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; } = bytes;

    public byte Type { get; private set; }

    /// <summary>As announced, whether or not so much is there.</summary>
    public uint AnnouncedLength { get; private set; }

    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Looks at the next header.</summary>
    public bool TryPeek()
    {
        if (Rest.Length < HeaderLength)
        {
            return false;
        }

        Type = Rest[0];
        AnnouncedLength = BinaryPrimitives.ReadUInt32BigEndian(Rest[1..]);
        return true;
    }

    /// <summary>Takes the frame that was peeked at.</summary>
    /// <returns>False when its end is missing.</returns>
    public bool TryTake()
    {
        if (Rest.Length - HeaderLength < AnnouncedLength)
        {
            return false;
        }

        Payload = Rest.Slice(HeaderLength, (int)AnnouncedLength);
        Rest = Rest[(HeaderLength + (int)AnnouncedLength)..];
        return true;
    }
}
