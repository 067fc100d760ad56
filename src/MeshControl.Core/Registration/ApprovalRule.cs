using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Registration;

/// <summary>Which new devices wait for an administrator.</summary>
internal static class ApprovalRule
{
    /// <summary>Whether a device has to be approved by the settings, going by its owner or its tags.</summary>
    public static bool Asks(TailnetSnapshot snapshot, Node node) =>
        snapshot.Settings.ApprovalRequired
        && !snapshot.Settings.Approved.Include(
            snapshot.Access.Policy, snapshot.OwnerOf(node) is { } owner ? PolicyWorld.UserOf(owner) : null, node.Tags);
}
