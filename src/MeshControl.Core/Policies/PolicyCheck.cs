using MeshControl.Policy.Language;

namespace MeshControl.Core.Policies;

/// <summary>A policy that would be accepted now, and is not in force by that.</summary>
/// <param name="File">What was read.</param>
public sealed record PolicyCheck(PolicyFile File);
