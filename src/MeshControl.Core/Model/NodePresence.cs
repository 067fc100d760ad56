using System.Collections.Immutable;
using System.Net;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Model;

/// <summary>The volatile part of a node: kept in memory, written lazily, may be lost in a crash.</summary>
public sealed record NodePresence
{
    public static readonly NodePresence None = new();

    /// <summary>
    /// True while a map stream is open, and for a grace period after it closed, or after the start of the server, if the node was online when the one
    /// before it ended.
    /// </summary>
    public bool Online { get; init; }

    /// <summary>When the node was last known to be connected; null when it never was.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Candidate UDP endpoints, in the client's order.</summary>
    public ImmutableArray<IPEndPoint> Endpoints { get; init; } = [];

    /// <summary>The last known report; clients leave it out after a re-login, so it is kept through those.</summary>
    public NetInfo? NetInfo { get; init; }

    /// <summary>Home DERP region, 0 when unknown. Kept when a client reports none, or nobody could reach it.</summary>
    public int HomeDerp { get; init; }
}
