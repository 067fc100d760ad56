using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Testing;

/// <summary>A node that tests log in to.</summary>
/// <param name="Node">Of several that have the very same rules, the first.</param>
/// <param name="Rules">In order, each with the addresses that it lets in.</param>
internal sealed record SshTarget(PolicyNode Node, IReadOnlyList<(SshRule Rule, IReadOnlySet<string> Principals)> Rules);
