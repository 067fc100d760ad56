using MeshControl.Derp.Diagnostics;

namespace MeshControl.Derp.Relay;

/// <summary>What is in one write buffer, counted while it is filled and told once, when it is written or lost.</summary>
internal struct FrameCount
{
    public int Frames { get; private set; }

    public int DataPackets { get; private set; }

    public int DiscoPackets { get; private set; }

    public long DataBytes { get; private set; }

    public long DiscoBytes { get; private set; }

    public void Add(int packetLength, bool isDisco)
    {
        Frames++;
        if (isDisco)
        {
            DiscoPackets++;
            DiscoBytes += packetLength;
        }
        else
        {
            DataPackets++;
            DataBytes += packetLength;
        }
    }

    public void AddOther() => Frames++;

    public void Drop(RelayMetrics metrics, DropReason reason)
    {
        metrics.Drop(reason, isDisco: false, DataPackets, DataBytes);
        metrics.Drop(reason, isDisco: true, DiscoPackets, DiscoBytes);
        this = default;
    }
}
