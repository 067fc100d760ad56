using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Client;

/// <summary>As what a client logs in to a relay.</summary>
public sealed record RelayClientOptions
{
    /// <summary>Shown by relays of one region to each other; null for clients.</summary>
    public DerpMeshKey? MeshKey { get; init; }

    /// <summary>Says that the connection is there to test the relay.</summary>
    public bool IsProber { get; init; }

    /// <summary>Logs in with the first flight where the relay told its key in TLS.</summary>
    public bool AllowsFastStart { get; init; } = true;
}
