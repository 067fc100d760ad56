using MeshControl.Server.Listeners;

namespace MeshControl.Server.Configuration.Options;

public sealed record NodeOptions
{
    /// <summary>How long a login lasts; null: for ever. Tagged nodes never expire by this.</summary>
    public TimeSpan? Expiry { get; init; }

    /// <summary>Whether new devices wait until an administrator approves them.</summary>
    public bool ApprovalRequired { get; init; }

    /// <summary>Users, groups, roles and tags, in the words of policies, whose devices do not wait.</summary>
    public IReadOnlyList<string> ApprovalExempt { get; init; } = [];

    /// <summary>How long an ephemeral node may be away before it is deleted.</summary>
    public TimeSpan EphemeralInactivityTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>At most so long after its network was cut a node is offline to its peers, unless it is a phone.</summary>
    public TimeSpan OfflineAfter { get; init; } = OfflineBudget.Default.Total;
}
