using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>A rule in the filter of every node of a class; only the nodes' own addresses are missing.</summary>
internal sealed record ClassRule
{
    /// <summary>That of the first of the rules that were joined here.</summary>
    public required int Ordinal { get; init; }

    public required SourceExpression Sources { get; init; }

    /// <summary>Only this user's nodes of the sources; null: all.</summary>
    public long? Owner { get; init; }

    public int? Protocol { get; init; }

    /// <summary>Empty for capabilities.</summary>
    public ImmutableArray<Destination> Destinations { get; init; } = [];

    /// <summary>Granted on the node's own addresses; null for ports.</summary>
    public WireMap<string, WireList<RawJson>?>? Capabilities { get; init; }
}
