using MeshControl.Policy.World;

namespace MeshControl.Core.Model;

/// <summary>A person, or an account that owns nodes.</summary>
public sealed record User
{
    public required UserId Id { get; init; }

    /// <summary>Normalised (trimmed, lower case), unique within the tailnet.</summary>
    public required string Name { get; init; }

    /// <summary>Free text; empty when none was given.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>Normalised to lower case; null when unknown.</summary>
    public string? Email { get; init; }

    public string? PictureUrl { get; init; }

    /// <summary>What the user is to the tailnet; one is its owner at most.</summary>
    public UserRole Role { get; init; } = UserRole.Member;

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What clients show and compare as login name: e-mail, else name.</summary>
    public string LoginName => Email ?? Name;
}
