using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>An entry of a rule's destinations, before it is known whose filter it is in.</summary>
/// <param name="Text">In wire form; null: each of the node's own addresses.</param>
/// <param name="Ports">One range.</param>
internal readonly record struct Destination(string? Text, PortRange Ports);
