using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Testing;

/// <summary>What a word in a test stands for: an address, or several that are treated as one.</summary>
/// <param name="Prefix">A single address as /32 or /128.</param>
/// <param name="Node">Who has it; null when nobody does.</param>
internal sealed record TestAddress(IpPrefix Prefix, PolicyNode? Node);
