using MeshControl.Core.Tailnets;
using MeshControl.Policy.Access;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>How one viewer sees its peers in one snapshot, at one time.</summary>
internal sealed class PeerViews(TailnetSnapshot snapshot, NodeEntry viewer, DateTimeOffset now)
{
    private readonly bool _withoutIPv4 = snapshot.Access.LosesIPv4(viewer.Index);

    public PeerView Of(NodeEntry peer)
    {
        var access = snapshot.Access;
        return new PeerView(
            snapshot.Settings.BaseDomain,
            _withoutIPv4 || access.LosesIPv4(peer.Index),
            access.RoutesOf(viewer.Index, peer.Index, PrimaryRoutes.ByRegistration),
            access.PeerAttributesOf(peer.Index),
            peer.Node.IsExpired(now));
    }

    /// <summary>One JSON object.</summary>
    public byte[] Render(NodeEntry peer) => peer.Renderings.Of(peer, Of(peer));
}
