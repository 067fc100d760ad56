using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps;

/// <summary>What clients are told of the owners of nodes.</summary>
public static class UserProfiles
{
    /// <summary>The stand-in for the owner of tagged nodes: a client whose node has no user forgets its login.</summary>
    public const long TaggedDevicesId = 2_147_455_555;

    internal static readonly UserProfile TaggedDevices = new()
    {
        Id = TaggedDevicesId,
        LoginName = "tagged-devices",
        DisplayName = "Tagged Devices",
    };

    public static UserProfile Of(User user) => new()
    {
        Id = user.Id.Value,
        LoginName = user.LoginName,
        DisplayName = user.DisplayName.Length > 0 ? user.DisplayName : user.Name,
        ProfilePicUrl = user.PictureUrl,
    };

    /// <summary>The owner of a node, or the stand-in for a tagged one.</summary>
    public static UserProfile OfOwner(TailnetSnapshot snapshot, Node node) =>
        snapshot.OwnerOf(node) is { } owner ? Of(owner) : TaggedDevices;

    public static long OwnerId(Node node) => node.Owner?.Value ?? TaggedDevicesId;
}
