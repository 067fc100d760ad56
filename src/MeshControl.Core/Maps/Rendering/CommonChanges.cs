using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>
/// What of a message belongs to no viewer: whoever has to be told the same is told it by the same bytes. Nothing here refers to a snapshot,
/// so that it may be kept for longer than one. Not to be changed.
/// </summary>
/// <param name="Patched">Nodes that are shown by the fields that changed, sorted by id.</param>
/// <param name="Removed">Nodes that are not shown any more, in ascending order.</param>
/// <param name="Changed">Nodes that are shown whole, as they are rendered for the viewer, sorted by id.</param>
/// <param name="Owners">Whose profiles are told, once each, sorted by id; null stands for tagged nodes.</param>
/// <param name="Aspects">What of the settings changed.</param>
/// <param name="Settings">As they are now; null when nothing of them changed.</param>
internal sealed record CommonChanges(
    List<(NodeEntry Entry, NodeAspects Aspects)> Patched,
    List<NodeId> Removed,
    byte[][] Changed,
    User?[] Owners,
    SettingsAspects Aspects,
    TailnetSettings? Settings)
{
    /// <summary>Nodes and owners that it tells of.</summary>
    public int Count => Patched.Count + Removed.Count + Changed.Length + Owners.Length;

    public bool IsEmpty => Count == 0 && Aspects == SettingsAspects.None;

    /// <summary>
    /// Whether another message is the same, found by comparing references: a state of a node is one entry, and a way to be seen one rendering.
    /// So classes, policies and versions need no rule of their own here.
    /// </summary>
    public bool IsSame(CommonChanges other) =>
        Aspects == other.Aspects
        && ReferenceEquals(Settings, other.Settings)
        && ArePatchesSame(other.Patched)
        && Removed.SequenceEqual(other.Removed)
        && Changed.AsSpan().SequenceEqual(other.Changed)
        && AreOwnersSame(other.Owners);

    /// <summary>Adds all of it but <see cref="Changed"/> to what belongs to one viewer.</summary>
    public MapResponse AddTo(MapResponse own)
    {
        var offline = Patched.Where(patch => MapNodes.OfflineApart(patch.Entry, patch.Aspects)).ToArray();
        return own with
        {
            PeersChangedPatch = Patched.Count == 0 ? null : WireList.CopyOf(Patched.Select(patch => MapNodes.Patch(patch.Entry, patch.Aspects))),
            OnlineChange = offline.Length == 0 ? null : WireMap.CopyOf(offline.Select(patch => KeyValuePair.Create(patch.Entry.Id.Value, false))),
            PeersRemoved = Removed.Count == 0 ? null : WireList.CopyOf(Removed.Select(id => id.Value)),
            UserProfiles = Owners.Length == 0 ? null : WireList.CopyOf(Owners.Select(owner => owner is null ? UserProfiles.TaggedDevices : UserProfiles.Of(owner))),
            DnsConfig = Has(SettingsAspects.Dns) ? DnsConfigs.For(Settings!) : null,
            DerpMap = Has(SettingsAspects.DerpMap) ? Settings!.DerpMap : null,
            Domain = Has(SettingsAspects.Domain) ? Settings!.BaseDomain : null,
            Debug = Has(SettingsAspects.LogTailOff) ? new DebugSettings { DisableLogTail = true } : null,
        };
    }

    private bool Has(SettingsAspects aspect) => (Aspects & aspect) != 0;

    private bool ArePatchesSame(List<(NodeEntry Entry, NodeAspects Aspects)> others)
    {
        if (Patched.Count != others.Count)
        {
            return false;
        }

        for (var i = 0; i < others.Count; i++)
        {
            if (!ReferenceEquals(Patched[i].Entry, others[i].Entry) || Patched[i].Aspects != others[i].Aspects)
            {
                return false;
            }
        }

        return true;
    }

    private bool AreOwnersSame(User?[] others)
    {
        if (Owners.Length != others.Length)
        {
            return false;
        }

        for (var i = 0; i < others.Length; i++)
        {
            if (!ReferenceEquals(Owners[i], others[i]))
            {
                return false;
            }
        }

        return true;
    }
}
