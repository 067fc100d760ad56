namespace MeshControl.Store.Rows;

/// <summary>A pre-auth key without its secret. Times are UTC microseconds.</summary>
internal sealed class PreAuthKeyRow
{
    public long Id { get; set; }

    public long TailnetId { get; set; }

    public required string Prefix { get; set; }

    /// <summary>SHA-256 of the secret; unique on the server.</summary>
    public required byte[] Hash { get; set; }

    public long? OwnerId { get; set; }

    public required string[] Tags { get; set; }

    public bool Reusable { get; set; }

    public bool Ephemeral { get; set; }

    public bool Preapproved { get; set; }

    public long CreatedAt { get; set; }

    public long? Expiry { get; set; }

    public long? RevokedAt { get; set; }

    public long? UsedAt { get; set; }
}
