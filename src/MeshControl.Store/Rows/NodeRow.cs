namespace MeshControl.Store.Rows;

/// <summary>The durable part of a node. Keys are 32 bytes, times UTC microseconds, addresses canonical text.</summary>
internal sealed class NodeRow
{
    public long Id { get; set; }

    public long TailnetId { get; set; }

    public long? OwnerId { get; set; }

    public required string[] Tags { get; set; }

    public required byte[] MachineKey { get; set; }

    /// <summary>Unique on the server.</summary>
    public required byte[] NodeKey { get; set; }

    /// <summary>Null when the client has not sent one yet.</summary>
    public byte[]? DiscoKey { get; set; }

    public byte[]? NetworkLockKey { get; set; }

    /// <summary>Unique in the tailnet.</summary>
    public string? Ipv4 { get; set; }

    /// <summary>Unique in the tailnet.</summary>
    public string? Ipv6 { get; set; }

    /// <summary>Unique in the tailnet.</summary>
    public required string GivenName { get; set; }

    public bool GivenNameFixed { get; set; }

    /// <summary>JSON as the client sent it, without its network report.</summary>
    public required string Hostinfo { get; set; }

    public int CapabilityVersion { get; set; }

    public long CreatedAt { get; set; }

    public long? Expiry { get; set; }

    public bool Ephemeral { get; set; }

    public bool NeedsApproval { get; set; }

    /// <summary>How the node was let in the last time: the number of a way.</summary>
    public int RegisterMethod { get; set; }

    /// <summary>Refers to no row: the key may be deleted.</summary>
    public long? AuthKeyId { get; set; }
}
