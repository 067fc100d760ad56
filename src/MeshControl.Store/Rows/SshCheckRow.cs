namespace MeshControl.Store.Rows;

/// <summary>A login by SSH that waits to be approved, or was approved. Times are UTC microseconds.</summary>
internal sealed class SshCheckRow
{
    /// <summary>Ascending; used again only when all have gone.</summary>
    public long Number { get; set; }

    /// <summary>Unique on the server.</summary>
    public required string AuthId { get; set; }

    public long TailnetId { get; set; }

    /// <summary>No key of the table of nodes: one that is gone does not matter.</summary>
    public long SourceId { get; set; }

    /// <summary>Whose node the source was; null for a tagged one.</summary>
    public long? OwnerId { get; set; }

    /// <inheritdoc cref="SourceId"/>
    public long DestinationId { get; set; }

    public required string LocalUser { get; set; }

    public long CreatedAt { get; set; }

    /// <summary>Null while it waits.</summary>
    public long? ApprovedAt { get; set; }
}
