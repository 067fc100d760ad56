namespace MeshControl.Core.Model;

/// <summary>
/// A key that lets a program or a distant administrator administer the tailnet over the network. The secret itself is not kept, only
/// its hash.
/// </summary>
public sealed record ApiKey
{
    public required ApiKeyId Id { get; init; }

    /// <summary>The public, recognisable beginning of the key's text, by which it is found; unique on the server.</summary>
    public required string Prefix { get; init; }

    /// <summary>SHA-256 of the whole text.</summary>
    public required SecretHash Hash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on the key is refused. There is no key without an end: forgotten ones must not open the door for ever.</summary>
    public required DateTimeOffset Expiry { get; init; }
}
