using System.Collections.Immutable;
using MeshControl.Core.Model;

namespace MeshControl.Core.Registration;

/// <summary>What a login makes of a node.</summary>
internal sealed record NodeGrant
{
    /// <summary>Null exactly when there are tags.</summary>
    public UserId? Owner { get; init; }

    /// <summary>Sorted.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Null: never.</summary>
    public DateTimeOffset? Expiry { get; init; }

    public bool Ephemeral { get; init; }

    /// <summary>The device needs no further approval, whatever the settings say of others.</summary>
    public bool Preapproved { get; init; }

    public required RegisterMethod Method { get; init; }

    /// <summary>The key that it was by, if it was one.</summary>
    public PreAuthKeyId? AuthKey { get; init; }
}
