namespace MeshControl.Store.Rows;

/// <summary>
/// An entry of the change log: in the commit that made <see cref="Seq"/>, these things of one kind were touched. It holds no state;
/// whoever follows the log reads the rows. Kept for a stated time.
/// </summary>
internal sealed class ChangeRow
{
    public long TailnetId { get; set; }

    public long Seq { get; set; }

    /// <summary>Position within the commit, from 0.</summary>
    public int Ordinal { get; set; }

    public int Kind { get; set; }

    public required long[] Ids { get; set; }

    /// <summary>UTC microseconds.</summary>
    public long At { get; set; }
}
