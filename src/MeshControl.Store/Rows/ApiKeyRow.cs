namespace MeshControl.Store.Rows;

/// <summary>An API key without its secret. Times are UTC microseconds.</summary>
internal sealed class ApiKeyRow
{
    public long Id { get; set; }

    public long TailnetId { get; set; }

    /// <summary>The key is found by it; unique on the server.</summary>
    public required string Prefix { get; set; }

    /// <summary>SHA-256 of the secret.</summary>
    public required byte[] Hash { get; set; }

    public long CreatedAt { get; set; }

    public long Expiry { get; set; }
}
