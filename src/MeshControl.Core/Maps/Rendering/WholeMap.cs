using System.Buffers;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.Access;
using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>
/// The first message of a stream, or the answer to a request for one map. Complete, because clients begin from nothing:
/// <code>
/// own members │ of the settings │ "Peers":[ chunk, chunk, … ] │ "UserProfiles":[ … ]
/// serialised  │ kept            │ kept, large chunks compressed │ kept
/// </code>
/// </summary>
/// <param name="snapshot">What is true now.</param>
/// <param name="viewer">In that snapshot.</param>
/// <param name="own">What belongs to this viewer alone: its node, filter, SSH policy.</param>
/// <param name="now">Decides what has expired.</param>
internal sealed class WholeMap(TailnetSnapshot snapshot, NodeEntry viewer, MapResponse own, DateTimeOffset now) : MapMessage
{
    private readonly VisiblePeers _visible = snapshot.Access.PeersOf(viewer.Index);
    private readonly PeerViews _views = new(snapshot, viewer, now);

    internal override MapResponse ToResponse()
    {
        var owners = new ShownOwners(snapshot);
        var peers = snapshot.Nodes.Where(IsShown).ToArray();
        foreach (var entry in peers.Append(viewer))
        {
            owners.Add(entry.Node);
        }

        var settings = SettingsMembers.Of(snapshot.Settings);
        return own with
        {
            DerpMap = settings.DerpMap,
            DnsConfig = settings.DnsConfig,
            Domain = settings.Domain,
            CollectServices = settings.CollectServices,
            Debug = settings.Debug,
            Peers = WireList.CopyOf(peers.Select(peer => MapNodes.Peer(peer, _views.Of(peer)))),
            UserProfiles = owners.Profiles(),
        };
    }

    private protected override void WriteTo(MapBody body)
    {
        MapMembers.Open(body.Text, own);
        body.Text.Write(","u8);
        body.Text.Write(SettingsMembers.Render(snapshot.Settings));
        body.Text.Write(",\"Peers\":["u8);
        var owners = new ShownOwners(snapshot);
        WritePeers(body, owners);
        owners.Add(viewer.Node);
        body.Text.Write("],\"UserProfiles\":["u8);
        owners.WriteProfiles(body.Text);
        body.Text.Write("]}"u8);
    }

    private void WritePeers(MapBody body, ShownOwners owners)
    {
        var pieces = ArrayPool<byte[]>.Shared.Rent(NodeChunk.Size);
        var isFirst = true;
        foreach (var chunk in snapshot.Nodes.Chunks)
        {
            var count = 0;
            var hasViewer = false;
            foreach (var entry in chunk.Entries)
            {
                hasViewer |= entry?.Index == viewer.Index;
                if (entry is not null && IsShown(entry))
                {
                    pieces[count++] = _views.Render(entry);
                    owners.Add(entry.Node);
                }
            }

            // Nobody else is shown the viewer's neighbours without the viewer.
            var peers = pieces.AsSpan(0, count);
            if (!hasViewer && chunk.Frames.Find(peers, isFirst, body) is { } frame)
            {
                body.AddFrame(frame);
            }
            else
            {
                SharedFrames.Write(body.Text, peers, isFirst);
            }

            isFirst &= count == 0;
        }

        ArrayPool<byte[]>.Shared.Return(pieces, clearArray: true);
    }

    private bool IsShown(NodeEntry entry) => entry.IsAnnounced && _visible.Contains(entry.Index);
}
