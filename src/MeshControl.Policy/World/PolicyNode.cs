using System.Collections.Immutable;
using System.Net;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.World;

/// <summary>A node as far as policies are concerned.</summary>
public sealed record PolicyNode
{
    /// <summary>Dense index inside the tailnet.</summary>
    public required int Index { get; init; }

    /// <summary>In the order of registration.</summary>
    public required long Id { get; init; }

    /// <summary>Null exactly when the node is tagged.</summary>
    public long? Owner { get; init; }

    /// <summary>With their prefix, sorted.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    public IPAddress? IPv4 { get; init; }

    public IPAddress? IPv6 { get; init; }

    /// <summary>What the node offers to forward, exit routes included.</summary>
    public ImmutableArray<IpPrefix> AdvertisedRoutes { get; init; } = [];

    /// <summary>What of it is approved, exit routes included.</summary>
    public ImmutableArray<IpPrefix> ApprovedRoutes { get; init; } = [];

    /// <summary>Device attributes that postures ask for, such as <c>node:os</c>.</summary>
    public ImmutableDictionary<string, RawJson> Attributes { get; init; } = ImmutableDictionary<string, RawJson>.Empty;
}
