namespace MeshControl.Store.Rows;

/// <summary>The next id of a kind that nobody was given yet. Ids are unique on the server and never used again.</summary>
internal sealed class IdBlockRow
{
    /// <summary>Ids of tailnets; the other kinds are those of Core.</summary>
    public const int TailnetKind = 0;

    public int Kind { get; set; }

    public long Next { get; set; }
}
