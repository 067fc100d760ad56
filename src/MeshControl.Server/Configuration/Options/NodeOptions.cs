namespace MeshControl.Server.Configuration.Options;

public sealed record NodeOptions
{
    /// <summary>How long a login lasts; null: for ever. Tagged nodes never expire by this.</summary>
    public TimeSpan? Expiry { get; init; }

    /// <summary>How long an ephemeral node may be away before it is deleted.</summary>
    public TimeSpan EphemeralInactivityTimeout { get; init; } = TimeSpan.FromMinutes(2);
}
