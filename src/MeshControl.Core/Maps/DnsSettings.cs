using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps;

/// <summary>DNS as configured for all nodes of a tailnet.</summary>
public sealed record DnsSettings
{
    public bool MagicDns { get; init; } = true;

    /// <summary>True: the global resolvers replace those of the client's system; false: they only stand in for missing ones.</summary>
    public bool OverrideLocalDns { get; init; }

    /// <summary>Addresses or DoH URLs.</summary>
    public ImmutableArray<string> GlobalResolvers { get; init; } = [];

    /// <summary>Suffix to resolvers.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> SplitResolvers { get; init; } =
        ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    public ImmutableArray<string> SearchDomains { get; init; } = [];

    public ImmutableArray<DnsRecord> ExtraRecords { get; init; } = [];
}
