using MeshControl.Core.Diagnostics;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Nodes;

/// <summary>
/// Removes the ephemeral nodes of a tailnet that have gone away. There is no timer per node: whether one is overdue follows from what
/// is stored of it, so a restart neither forgets a node nor removes it twice.
/// </summary>
internal sealed class EphemeralNodes(Tailnet tailnet, TimeProvider time, ILogger logger)
{
    /// <summary>Nodes per command, so that a thousand that left together do not hold up everybody else's commands.</summary>
    public const int MaxPerSweep = 500;

    // The clock of the wall may jump, just after a start above all; how long this server has been there must not.
    private readonly long _began = time.GetTimestamp();

    /// <summary>Looks at all nodes, which is cheap, and goes to the writer only if one is overdue.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var snapshot = tailnet.Snapshot;
        var timeout = snapshot.Settings.EphemeralTimeout;

        // While there was no server nobody could be seen: whoever was connected before the start has the whole time to come back.
        if (time.GetElapsedTime(_began) < timeout)
        {
            return;
        }

        var now = tailnet.Now;
        List<NodeId>? overdue = null;
        foreach (var entry in snapshot.Nodes)
        {
            if (EphemeralRule.IsOverdue(entry, timeout, now) && !tailnet.Sessions.IsOpen(entry.Id))
            {
                (overdue ??= []).Add(entry.Id);
                if (overdue.Count == MaxPerSweep)
                {
                    break;
                }
            }
        }

        if (overdue is null)
        {
            return;
        }

        // A refusal was logged by the writer; the next sweep tries again.
        var result = await tailnet.ExecuteAsync(new RemoveAwayCommand(overdue, tailnet.Sessions.IsOpen), cancellationToken);
        if (result.TryGetValue(out var removed, out _))
        {
            foreach (var entry in removed)
            {
                Log.EphemeralNodeRemoved(logger, entry.Id.Value, entry.Node.GivenName, entry.Presence.LastSeen ?? entry.Node.CreatedAt);
            }
        }
    }
}
