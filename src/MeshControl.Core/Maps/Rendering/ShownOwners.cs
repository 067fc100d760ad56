using System.Runtime.CompilerServices;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Memory;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>The owners of the nodes of one whole map, once each. A profile is rendered once for each version of a user.</summary>
internal sealed class ShownOwners(TailnetSnapshot snapshot)
{
    private static readonly ConditionalWeakTable<User, byte[]> Rendered = [];
    private static readonly byte[] TaggedDevices = ControlJson.SerializeToUtf8Bytes(UserProfiles.TaggedDevices);

    private readonly HashSet<long> _seen = [];
    private readonly List<User> _users = [];
    private bool _hasTagged;

    public void Add(Node node)
    {
        if (!_seen.Add(UserProfiles.OwnerId(node)))
        {
            return;
        }

        if (snapshot.OwnerOf(node) is { } owner)
        {
            _users.Add(owner);
        }
        else
        {
            _hasTagged = true;
        }
    }

    /// <summary>Their profiles, sorted by id, with a comma between two.</summary>
    public void WriteProfiles(PooledBuffer text)
    {
        _users.Sort(static (left, right) => left.Id.Value.CompareTo(right.Id.Value));
        var isFirst = true;
        foreach (var user in _users)
        {
            text.Write(isFirst ? ""u8 : ","u8);
            text.Write(Rendered.GetValue(user, static user => ControlJson.SerializeToUtf8Bytes(UserProfiles.Of(user))));
            isFirst = false;
        }

        if (_hasTagged)
        {
            text.Write(isFirst ? ""u8 : ","u8);
            text.Write(TaggedDevices);
        }
    }

    public WireList<UserProfile> Profiles()
    {
        _users.Sort(static (left, right) => left.Id.Value.CompareTo(right.Id.Value));
        var profiles = _users.Select(UserProfiles.Of);
        return WireList.CopyOf(_hasTagged ? profiles.Append(UserProfiles.TaggedDevices) : profiles);
    }
}
