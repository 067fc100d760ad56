using System.Net;

namespace MeshControl.Server.Configuration.Options;

/// <summary>The ranges nodes get their addresses from; at least one is not null.</summary>
public sealed record PrefixOptions
{
    public IPNetwork? V4 { get; init; } = IPNetwork.Parse("100.64.0.0/10");

    public IPNetwork? V6 { get; init; } = IPNetwork.Parse("fd7a:115c:a1e0::/48");

    public PrefixAllocation Allocation { get; init; } = PrefixAllocation.Sequential;
}
