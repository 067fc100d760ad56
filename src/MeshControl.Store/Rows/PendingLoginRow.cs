namespace MeshControl.Store.Rows;

/// <summary>A login that nobody has decided yet. Keys are 32 bytes, times UTC microseconds.</summary>
internal sealed class PendingLoginRow
{
    /// <summary>Ascending; used again only when all have gone.</summary>
    public long Number { get; set; }

    /// <summary>Unique on the server.</summary>
    public required string AuthId { get; set; }

    public required byte[] MachineKey { get; set; }

    public required byte[] NodeKey { get; set; }

    public byte[]? OldNodeKey { get; set; }

    public byte[]? NetworkLockKey { get; set; }

    /// <summary>JSON as the client sent it, without its network report.</summary>
    public required string Hostinfo { get; set; }

    public int CapabilityVersion { get; set; }

    /// <summary>When the client wants its key to expire; null if it does not say.</summary>
    public long? WantedExpiry { get; set; }

    public bool Ephemeral { get; set; }

    /// <summary>Where it was asked from.</summary>
    public required string Address { get; set; }

    public long CreatedAt { get; set; }
}
