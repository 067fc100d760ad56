using System.Buffers;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Memory;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>A message that says what changed.</summary>
/// <param name="own">What belongs to this viewer alone; null when there is nothing.</param>
/// <param name="common">What others are told as well.</param>
/// <param name="changed">The nodes that are shown whole, sorted by id.</param>
/// <param name="views">How the viewer sees them; null when there are none.</param>
/// <param name="shared">Where a message without anything of the viewer's own is looked for first.</param>
internal sealed class MapChanges(
    MapResponse? own, CommonChanges common, IReadOnlyList<NodeEntry> changed, PeerViews? views, SharedChanges shared) : MapMessage
{
    /// <summary>The same with a question to the client.</summary>
    public MapChanges With(PingRequest ping) => new((own ?? new()) with { PingRequest = ping }, common, changed, views, shared);

    public override void WriteTo(MapFrameWriter frames, IBufferWriter<byte> output, bool compress)
    {
        if (own is not null)
        {
            base.WriteTo(frames, output, compress);
        }
        else if (shared.Find(common, compress) is { } frame)
        {
            output.Write(frame);
        }
        else
        {
            using var written = new PooledBuffer();
            base.WriteTo(frames, written, compress);
            shared.Keep(common, compress, written.Written);
            output.Write(written.Written);
        }
    }

    internal override MapResponse ToResponse()
    {
        var rest = common.AddTo(own ?? new());
        return views is null ? rest : rest with { PeersChanged = WireList.CopyOf(changed.Select(peer => MapNodes.Peer(peer, views.Of(peer)))) };
    }

    private protected override void WriteTo(MapBody body)
    {
        var (text, rest) = (body.Text, common.AddTo(own ?? new()));
        if (common.Changed.Length == 0)
        {
            ControlJson.Serialize(text, rest);
            return;
        }

        text.Write(MapMembers.Open(text, rest) ? ",\"PeersChanged\":["u8 : "\"PeersChanged\":["u8);
        SharedFrames.Write(text, common.Changed, isFirst: true);
        text.Write("]}"u8);
    }
}
