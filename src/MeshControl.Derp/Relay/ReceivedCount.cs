namespace MeshControl.Derp.Relay;

/// <summary>What came in one batch, counted by its reader and told once.</summary>
internal record struct ReceivedCount
{
    public int DataPackets { get; set; }

    public int DiscoPackets { get; set; }

    public long DataBytes { get; set; }

    public long DiscoBytes { get; set; }

    public int ForwardedIn { get; set; }

    public int ForwardedOut { get; set; }

    public int Pings { get; set; }

    public int UnknownFrames { get; set; }
}
