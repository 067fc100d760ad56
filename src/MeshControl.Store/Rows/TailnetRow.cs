namespace MeshControl.Store.Rows;

/// <summary>A tailnet and the sequence number of its last commit.</summary>
internal sealed class TailnetRow
{
    public long Id { get; set; }

    /// <summary>Unique on the server.</summary>
    public required string Name { get; set; }

    /// <summary>Order and fence of all writes to the tailnet: every commit moves it from the value it expects to the next.</summary>
    public long Seq { get; set; }

    public long CreatedAt { get; set; }
}
