namespace MeshControl.Server.Configuration.Options;

/// <summary>What clients are allowed or told to do.</summary>
public sealed record FeatureOptions
{
    /// <summary>Sending files between the devices of one user.</summary>
    public bool Taildrop { get; init; } = true;

    /// <summary>Whether clients may send their logs to Tailscale's log service.</summary>
    public bool Logtail { get; init; }

    /// <summary>Whether clients update themselves unless their owner decided otherwise.</summary>
    public bool AutoUpdate { get; init; }
}
