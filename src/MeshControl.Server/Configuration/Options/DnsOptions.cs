namespace MeshControl.Server.Configuration.Options;

/// <summary>The name service clients are given. Names are lower-case and carry no trailing dot.</summary>
public sealed record DnsOptions
{
    /// <summary>
    /// Below the top-level domain that ICANN has set aside for private use: no public name can ever collide with it.
    /// </summary>
    public const string DefaultBaseDomain = "mesh.internal";

    public bool MagicDns { get; init; } = true;

    public string BaseDomain { get; init; } = DefaultBaseDomain;

    /// <summary>Whether clients ask <see cref="GlobalNameservers"/> instead of the resolvers of their own network.</summary>
    public bool OverrideLocalDns { get; init; }

    /// <summary>Each is <c>address</c>, <c>address:port</c> or a DNS-over-HTTPS URL.</summary>
    public IReadOnlyList<string> GlobalNameservers { get; init; } = [];

    /// <summary>Domain to nameservers, in the order of the file.</summary>
    public IReadOnlyList<SplitDnsRoute> SplitNameservers { get; init; } = [];

    /// <summary>In addition to <see cref="BaseDomain"/>, which comes first.</summary>
    public IReadOnlyList<string> SearchDomains { get; init; } = [];

    public IReadOnlyList<ExtraDnsRecord> ExtraRecords { get; init; } = [];
}
