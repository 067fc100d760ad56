using MeshControl.Core.Maps.Rendering;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.Access;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps;

/// <summary>
/// What each message says: a pure function of snapshot, viewer and what changed. What may be left out of which message, and
/// what then happens in a client, stands in docs/protocol.
/// </summary>
internal static class MapBuilder
{
    /// <summary>The first message of a stream, or the answer to a request for one map: complete, because clients begin from nothing.</summary>
    public static MapMessage Full(TailnetSnapshot snapshot, NodeEntry viewer, DateTimeOffset now)
    {
        var own = new MapResponse
        {
            Node = MapNodes.Self(snapshot, viewer, now),
            PacketFilters = snapshot.Access.FilterOf(viewer.Index).Pieces,
            SshPolicy = Ssh(snapshot, snapshot.Access, viewer),
            ControlTime = now,
        };
        return new WholeMap(snapshot, viewer, own, now);
    }

    /// <summary>What changed for one viewer; null when it comes to nothing.</summary>
    /// <param name="snapshot">What is true now.</param>
    /// <param name="viewer">In that snapshot.</param>
    /// <param name="delta">What the viewer has to be told.</param>
    /// <param name="shared">What others were told just now.</param>
    /// <param name="now">Decides what has expired.</param>
    public static MapChanges? Delta(TailnetSnapshot snapshot, NodeEntry viewer, MapDelta delta, SharedChanges shared, DateTimeOffset now)
    {
        delta.Changed.Sort(static (left, right) => left.Id.Value.CompareTo(right.Id.Value));
        delta.Patched.Sort(static (left, right) => left.Entry.Id.Value.CompareTo(right.Entry.Id.Value));
        delta.Removed.Sort(static (left, right) => left.Value.CompareTo(right.Value));
        var own = Own(snapshot, viewer, delta, now);
        var views = delta.Changed.Count == 0 ? null : new PeerViews(snapshot, viewer, now);
        var common = new CommonChanges(
            delta.Patched,
            delta.Removed,
            views is null ? [] : [.. delta.Changed.Select(views.Render)],
            Owners(snapshot, own?.Node is null ? delta.Changed : delta.Changed.Append(viewer), delta.Users),
            delta.Settings,
            delta.Settings == SettingsAspects.None ? null : snapshot.Settings);
        return own is null && common.IsEmpty ? null : new MapChanges(own, common, delta.Changed, views, shared);
    }

    /// <summary>The last message to a node that is gone: its key has expired a moment ago.</summary>
    public static MapMessage Farewell(TailnetSnapshot snapshot, NodeEntry last, DateTimeOffset now)
    {
        var message = new MapResponse
        {
            // Its index may be another node's already.
            Node = MapNodes.Self(snapshot, last with { Index = -1 }, now) with { KeyExpiry = now.AddSeconds(-1), Expired = true },
            ControlTime = now,
        };
        return new OwnMessage(message);
    }

    /// <summary>What of a change belongs to the viewer alone; null when there is nothing.</summary>
    private static MapResponse? Own(TailnetSnapshot snapshot, NodeEntry viewer, MapDelta delta, DateTimeOffset now)
    {
        var told = delta.Access ? delta.Told : null;
        var filters = told is null ? null : snapshot.Access.FilterOf(viewer.Index).ChangesSince(told.FilterOf(viewer.Index));
        var ssh = told is null ? null : Ssh(snapshot, snapshot.Access, viewer);
        ssh = ssh is null || ssh == Ssh(snapshot, told!, viewer) ? null : ssh;

        // A profile that is new comes with the node itself: some releases do not show it until something makes them build their map anew.
        var self = delta.Self
            || (delta.Settings & SettingsAspects.Self) != 0
            || delta.Profiles
            || delta.Users.Count > 0
            || (told is not null && !MapNodes.LooksTheSame(told, snapshot.Access, viewer.Index));
        return !self && filters is null && ssh is null ? null : new MapResponse
        {
            Node = self ? MapNodes.Self(snapshot, viewer, now) : null,
            PacketFilters = filters,
            SshPolicy = ssh,
        };
    }

    private static SshPolicy Ssh(TailnetSnapshot snapshot, AccessMap access, NodeEntry viewer) =>
        new() { Rules = access.SshRulesOf(viewer.Index, snapshot.Settings.ChannelUrl) };

    /// <summary>The owners of the shown nodes, and the users that changed, once each, sorted by id; null stands for tagged nodes.</summary>
    private static User?[] Owners(TailnetSnapshot snapshot, IEnumerable<NodeEntry> shown, IEnumerable<UserId> changed)
    {
        var owners = new SortedDictionary<long, User?>();
        foreach (var entry in shown)
        {
            var owner = snapshot.OwnerOf(entry.Node);
            owners[owner?.Id.Value ?? UserProfiles.TaggedDevicesId] = owner;
        }

        foreach (var id in changed)
        {
            if (snapshot.Users.TryGetValue(id, out var user))
            {
                owners[id.Value] = user;
            }
        }

        return [.. owners.Values];
    }
}
