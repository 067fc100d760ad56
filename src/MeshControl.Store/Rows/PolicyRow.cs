namespace MeshControl.Store.Rows;

/// <summary>A version of a tailnet's policy; written once, never changed. Times are UTC microseconds.</summary>
internal sealed class PolicyRow
{
    public long TailnetId { get; set; }

    /// <summary>Counts per tailnet, from 1; the highest one is in force.</summary>
    public long Version { get; set; }

    /// <summary>As its author wrote it.</summary>
    public required string Text { get; set; }

    public long AcceptedAt { get; set; }

    public required string AcceptedBy { get; set; }

    /// <summary>The number of a <see cref="Core.Policies.PolicyOrigin"/>.</summary>
    public int Origin { get; set; }

    /// <summary>The version whose text this is again.</summary>
    public long? RollbackOf { get; set; }
}
