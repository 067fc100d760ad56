namespace MeshControl.Store.Rows;

/// <summary>
/// The volatile part of a node, written late and in any order. A table of its own, so that such a write can never bring back an old
/// key or name of the node.
/// </summary>
internal sealed class NodePresenceRow
{
    public long NodeId { get; set; }

    public long TailnetId { get; set; }

    public bool Online { get; set; }

    public long? LastSeen { get; set; }

    /// <summary>Address and port pairs, separated by commas, in the client's order.</summary>
    public required string Endpoints { get; set; }

    /// <summary>JSON of a host report that holds nothing but the network report.</summary>
    public string? NetInfo { get; set; }

    public int HomeDerp { get; set; }
}
