using MeshControl.Core.Maps.Rendering;
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
    public static MapChanges? Delta(TailnetSnapshot snapshot, NodeEntry viewer, MapDelta delta, DateTimeOffset now)
    {
        delta.Changed.Sort(static (left, right) => left.Id.Value.CompareTo(right.Id.Value));
        delta.Patched.Sort(static (left, right) => left.Entry.Id.Value.CompareTo(right.Entry.Id.Value));
        var offline = delta.Patched.Where(patch => MapNodes.OfflineApart(patch.Entry, patch.Aspects)).ToArray();
        // A profile that is new comes with the node itself: some releases do not show it until something makes them build their map anew.
        var told = delta.Access ? delta.Told : null;
        var filters = told is null ? null : snapshot.Access.FilterOf(viewer.Index).ChangesSince(told.FilterOf(viewer.Index));
        var ssh = told is null ? null : Ssh(snapshot, snapshot.Access, viewer);
        ssh = ssh is null || ssh == Ssh(snapshot, told!, viewer) ? null : ssh;
        var self = delta.Self || (told is not null && !MapNodes.LooksTheSame(told, snapshot.Access, viewer.Index)) || Has(SettingsAspects.Self) || delta.Profiles || delta.Users.Count > 0;
        var profiles = Profiles(snapshot, self ? delta.Changed.Append(viewer) : delta.Changed, delta.Users);
        if (!self && filters is null && ssh is null && delta.Settings == SettingsAspects.None && delta.Changed.Count + delta.Patched.Count + delta.Removed.Count + profiles.Count == 0)
        {
            return null;
        }

        var rest = new MapResponse
        {
            Node = self ? MapNodes.Self(snapshot, viewer, now) : null,
            PeersChangedPatch = delta.Patched.Count == 0
                ? null
                : WireList.CopyOf(delta.Patched.Select(patch => MapNodes.Patch(patch.Entry, patch.Aspects))),
            OnlineChange = offline.Length == 0
                ? null
                : WireMap.CopyOf(offline.Select(patch => KeyValuePair.Create(patch.Entry.Id.Value, false))),
            PeersRemoved = delta.Removed.Count == 0 ? null : WireList.CopyOf(delta.Removed.Select(id => id.Value).Order()),
            UserProfiles = profiles.Count == 0 ? null : profiles,
            DnsConfig = Has(SettingsAspects.Dns) ? DnsConfigs.For(snapshot.Settings) : null,
            DerpMap = Has(SettingsAspects.DerpMap) ? snapshot.Settings.DerpMap : null,
            PacketFilters = filters,
            SshPolicy = ssh,
            Domain = Has(SettingsAspects.Domain) ? snapshot.Settings.BaseDomain : null,
            Debug = Has(SettingsAspects.LogTailOff) ? new DebugSettings { DisableLogTail = true } : null,
        };
        return new MapChanges(rest, delta.Changed, delta.Changed.Count == 0 ? null : new PeerViews(snapshot, viewer, now));

        bool Has(SettingsAspects aspect) => (delta.Settings & aspect) != 0;
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
        return new MapChanges(message, [], views: null);
    }

    private static SshPolicy Ssh(TailnetSnapshot snapshot, AccessMap access, NodeEntry viewer) =>
        new() { Rules = access.SshRulesOf(viewer.Index, snapshot.Settings.ServerUrl) };

    /// <summary>The profiles that the shown nodes need, and those that changed, once each.</summary>
    private static WireList<UserProfile> Profiles(
        TailnetSnapshot snapshot, IEnumerable<NodeEntry> shown, IEnumerable<Model.UserId> changed)
    {
        var profiles = new SortedDictionary<long, UserProfile>();
        foreach (var entry in shown)
        {
            if (!profiles.ContainsKey(UserProfiles.OwnerId(entry.Node)))
            {
                var profile = UserProfiles.OfOwner(snapshot, entry.Node);
                profiles[profile.Id] = profile;
            }
        }

        foreach (var id in changed)
        {
            if (snapshot.Users.TryGetValue(id, out var user))
            {
                profiles[id.Value] = UserProfiles.Of(user);
            }
        }

        return WireList.CopyOf(profiles.Values);
    }
}
