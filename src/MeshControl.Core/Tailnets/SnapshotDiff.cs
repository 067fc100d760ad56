using MeshControl.Core.Model;

namespace MeshControl.Core.Tailnets;

/// <summary>Where two snapshots of a tailnet differ, found by comparing them.</summary>
internal static class SnapshotDiff
{
    /// <summary>By index: two nodes may have had the same one.</summary>
    public static IEnumerable<(NodeEntry? Before, NodeEntry? After)> Nodes(TailnetSnapshot before, TailnetSnapshot after) =>
        NodeTable.Differences(before.Nodes, after.Nodes);

    public static IEnumerable<(User? Before, User? After)> Users(TailnetSnapshot before, TailnetSnapshot after)
    {
        if (before.Users == after.Users)
        {
            yield break;
        }

        foreach (var id in before.Users.Keys.Union(after.Users.Keys))
        {
            var (old, now) = (before.Users.GetValueOrDefault(id), after.Users.GetValueOrDefault(id));
            if (!ReferenceEquals(old, now))
            {
                yield return (old, now);
            }
        }
    }
}
