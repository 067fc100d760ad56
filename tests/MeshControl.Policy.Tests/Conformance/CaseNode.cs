using MeshControl.Policy.World;

namespace MeshControl.Policy.Tests.Conformance;

/// <summary>A node of a case.</summary>
/// <param name="Name">Its host name, by which the case calls it.</param>
/// <param name="Node">As our code is told of it.</param>
/// <param name="SelfViewLags">Its own map is older than its routes.</param>
internal sealed record CaseNode(string Name, PolicyNode Node, bool SelfViewLags);
