using System.Diagnostics.Metrics;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Diagnostics;

/// <summary>What was published, by kind, and how many open streams had to be told: what a change costs.</summary>
internal sealed class ChangeMetrics
{
    /// <summary>How a node is reached: what changes most often.</summary>
    private const NodeAspects Path = NodeAspects.Endpoints | NodeAspects.HomeDerp | NodeAspects.DiscoKey;

    /// <summary>From nobody to a tailnet of ten thousand.</summary>
    private static readonly InstrumentAdvice<int> Sessions =
        new() { HistogramBucketBoundaries = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] };

    private readonly Counter<long> _changes;
    private readonly Histogram<int> _audience;

    public ChangeMetrics(Meter meter)
    {
        _changes = meter.CreateCounter<long>("meshcontrol.changes", null, "What was published, by kind; each node of a batch counts once.");
        _audience = meter.CreateHistogram(
            "meshcontrol.change.audience", null, "Open streams that were told of what a batch of commands changed.", tags: null, Sessions);
    }

    /// <summary>Counts one published snapshot.</summary>
    /// <param name="change">Against the one before; nothing is counted when it is empty.</param>
    /// <param name="audience">How many sessions were told.</param>
    public void Published(TailnetChange change, int audience)
    {
        if (change.IsEmpty || !_changes.Enabled)
        {
            return;
        }

        CountNodes(change);
        Count("user", change.Users.Length);
        Count("settings", change.Settings == SettingsAspects.None ? 0 : 1);
        Count("access", change.Access is null ? 0 : 1);
        _audience.Record(audience);
    }

    private void CountNodes(TailnetChange change)
    {
        var (added, removed, changed, online, paths) = (0, 0, 0, 0, 0);
        foreach (var transition in change.Nodes)
        {
            if (transition.Before is null)
            {
                added++;
            }
            else if (transition.After is null)
            {
                removed++;
            }
            else if ((transition.Aspects & ~(Path | NodeAspects.Online)) != 0)
            {
                changed++;
            }
            else if ((transition.Aspects & NodeAspects.Online) != 0)
            {
                online++;
            }
            else
            {
                paths++;
            }
        }

        Count("node_added", added);
        Count("node_removed", removed);
        Count("node_changed", changed);
        Count("node_online", online);
        Count("node_path", paths);
    }

    private void Count(string kind, int count)
    {
        if (count > 0)
        {
            _changes.Add(count, new KeyValuePair<string, object?>("kind", kind));
        }
    }
}
