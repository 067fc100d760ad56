using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>A message that says what changed.</summary>
/// <param name="rest">All of it but the nodes that are shown whole.</param>
/// <param name="changed">Those, sorted by id.</param>
/// <param name="views">How the viewer sees them; null when there are none.</param>
internal sealed class MapChanges(MapResponse rest, IReadOnlyList<NodeEntry> changed, PeerViews? views) : MapMessage
{
    /// <summary>The same with a question to the client.</summary>
    public MapChanges With(PingRequest ping) => new(rest with { PingRequest = ping }, changed, views);

    public override void WriteTo(MapBody body)
    {
        var text = body.Text;
        if (views is null || changed.Count == 0)
        {
            ControlJson.Serialize(text, rest);
            return;
        }

        text.Write(MapMembers.Open(text, rest) ? ",\"PeersChanged\":["u8 : "\"PeersChanged\":["u8);
        for (var i = 0; i < changed.Count; i++)
        {
            text.Write(i == 0 ? ""u8 : ","u8);
            text.Write(views.Render(changed[i]));
        }

        text.Write("]}"u8);
    }

    internal override MapResponse ToResponse() => views is null || changed.Count == 0
        ? rest
        : rest with { PeersChanged = WireList.CopyOf(changed.Select(peer => MapNodes.Peer(peer, views.Of(peer)))) };
}
