using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>
/// Sets when a node's key expires: now if nothing else is said. Its client asks for a login from then on, and its peers take it
/// for unreachable; a later time, or none, brings it back without a login.
/// </summary>
public sealed class ExpireNodeCommand(NodeId id) : ChangeNodeCommand(id)
{
    /// <summary>A century: a later end is a typing error, and <see cref="Never"/> says it better.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(100 * 365);

    /// <summary>Whether the key never expires; then the others count for nothing.</summary>
    public bool Never { get; init; }

    /// <summary>When it expires. A time in the past is as good as now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>How long from now it lives, where <see cref="At"/> is null. A negative one is as good as none.</summary>
    public TimeSpan? Lifetime { get; init; }

    internal override Result<Node?> Change(TailnetDraft draft, Node node)
    {
        var now = draft.Now;
        if ((At is { } at ? at - now : Lifetime) > MaxLifetime)
        {
            return CoreError.Invalid("That is more than a hundred years away; say that the node never expires instead (--disable).");
        }

        var expiry = Never ? null : EndAfter(now);
        return expiry == node.Expiry || (expiry <= now && node.IsExpired(now)) ? node : node with { Expiry = expiry };
    }

    /// <summary>Never before now: peers are told this time, and year 1 means "not set" to them.</summary>
    private DateTimeOffset? EndAfter(DateTimeOffset now)
    {
        // A very negative lifetime would leave the calendar.
        var end = At is { } at ? at : Lifetime is { } life && life > TimeSpan.Zero ? now + life : now;
        return end < now ? now : Clock.Truncate(end);
    }
}
