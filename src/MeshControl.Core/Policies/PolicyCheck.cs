using MeshControl.Core.Tailnets;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;

namespace MeshControl.Core.Policies;

/// <summary>A policy that would be accepted now, and is not in force by that.</summary>
/// <param name="File">What was read.</param>
/// <param name="Access">What it comes to.</param>
/// <param name="CompiledFor">In the tailnet as it was then.</param>
public sealed record PolicyCheck(PolicyFile File, AccessMap Access, TailnetSnapshot CompiledFor);
