namespace MeshControl.Policy.World;

/// <summary>A user as far as policies are concerned.</summary>
/// <param name="Id">Users are ordered by it.</param>
/// <param name="Name">Found as <c>name@</c>.</param>
/// <param name="Email">Null when unknown.</param>
/// <param name="Role">What autogroups of roles go by.</param>
public sealed record PolicyUser(long Id, string Name, string? Email, UserRole Role);
