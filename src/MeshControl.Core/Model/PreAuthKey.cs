using System.Collections.Immutable;

namespace MeshControl.Core.Model;

/// <summary>A key that lets a machine join without a browser. The secret itself is not kept, only its hash.</summary>
public sealed record PreAuthKey
{
    public required PreAuthKeyId Id { get; init; }

    /// <summary>The public, recognisable beginning of the key's text.</summary>
    public required string Prefix { get; init; }

    /// <summary>SHA-256 of the whole text.</summary>
    public required SecretHash Hash { get; init; }

    /// <summary>Who owns the nodes that join with it; may be set beside tags, then it says who made the key.</summary>
    public UserId? Owner { get; init; }

    /// <summary>Sorted; when not empty, nodes that join get these tags and no owner.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    public bool Reusable { get; init; }

    public bool Ephemeral { get; init; }

    /// <summary>Whoever made the key has approved the devices that join with it.</summary>
    public bool Preapproved { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null: never.</summary>
    public DateTimeOffset? Expiry { get; init; }

    /// <summary>When it was revoked; null while it is not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was first used; null while it was not.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    public bool IsTagged => !Tags.IsEmpty;
}
