namespace MeshControl.Server;

/// <summary>The flags of <c>meshctl derp serve</c> as they were typed; null and empty are "not there".</summary>
public sealed record RelayOnlyFlags
{
    /// <summary><c>--addr</c>.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    public string? HostName { get; init; }

    public string? CertFile { get; init; }

    /// <summary><c>--keyfile</c>: of the certificate.</summary>
    public string? CertKeyFile { get; init; }

    /// <summary><c>--key-file</c>: the relay's own key.</summary>
    public string? KeyFile { get; init; }

    public bool Stun { get; init; } = true;

    public IReadOnlyList<string> StunAddresses { get; init; } = [];

    public string? HttpAddress { get; init; }

    public string? MetricsAddress { get; init; }

    public string? MeshKeyFile { get; init; }

    /// <summary>Each may hold several, with commas between them.</summary>
    public IReadOnlyList<string> MeshWith { get; init; } = [];

    public string? VerifyUrl { get; init; }

    public bool VerifyFailOpen { get; init; }

    public string? RegionId { get; init; }

    public string? RegionCode { get; init; }

    public string? RegionName { get; init; }

    public string? NodeName { get; init; }

    public string? MaxConnections { get; init; }

    public string? BytesPerSecond { get; init; }

    public string? BurstBytes { get; init; }

    public string? LogLevel { get; init; }

    public string? LogFormat { get; init; }
}
