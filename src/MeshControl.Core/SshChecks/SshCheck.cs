namespace MeshControl.Core.SshChecks;

/// <summary>A login that a rule lets in only after a check: one that waits for somebody to approve it, or was approved.</summary>
public sealed record SshCheck
{
    /// <summary>How long it may be approved. Clients wait for 30 minutes, and are to be told before that.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(25);

    /// <summary>Ascending with the time of asking, unique among those that are there.</summary>
    public required long Number { get; init; }

    /// <summary>See <see cref="Logins.AuthId"/>.</summary>
    public required string Id { get; init; }

    public required SshLogin Login { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null while it waits.</summary>
    public DateTimeOffset? ApprovedAt { get; init; }

    public DateTimeOffset ExpiresAt => CreatedAt + Lifetime;

    /// <summary>Without the id, which is a secret.</summary>
    public override string ToString() => $"check {Number} of {Login}";
}
