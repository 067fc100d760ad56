using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Explain;

/// <summary>Something that a node opens by its filter.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Prefix">For <see cref="PlaceKind.Route"/>, a part of a route of the node.</param>
internal readonly record struct Place(PlaceKind Kind, IpPrefix Prefix = default);
