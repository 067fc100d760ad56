using System.Net;

namespace MeshControl.Protocol.Control;

/// <summary>The whole DNS configuration of a client; it replaces the previous one. An empty one means no DNS.</summary>
public sealed record DnsConfig
{
    public WireList<DnsResolver>? Resolvers { get; init; }

    /// <summary>By suffix; null or empty: the client itself answers for the suffix.</summary>
    public WireMap<string, WireList<DnsResolver>?>? Routes { get; init; }

    public WireList<DnsResolver>? FallbackResolvers { get; init; }

    /// <summary>Search domains, without trailing dots.</summary>
    public WireList<string>? Domains { get; init; }

    /// <summary>MagicDNS is on.</summary>
    public bool Proxied { get; init; }

    /// <summary>Capability versions 9 to 13.</summary>
    public WireList<IPAddress>? Nameservers { get; init; }

    /// <summary>Names the node may get certificates for, without trailing dots.</summary>
    public WireList<string>? CertDomains { get; init; }

    public WireList<DnsRecord>? ExtraRecords { get; init; }

    public WireList<string>? ExitNodeFilteredSet { get; init; }

    public string? TempCorpIssue13969 { get; init; }
}
