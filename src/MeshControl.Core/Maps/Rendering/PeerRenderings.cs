using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>
/// One state of a node as JSON for its peers, once for each way in which it is seen: nearly always one. Those who see it alike get the
/// same array, so that what was made of it can be recognised. May be asked concurrently.
/// </summary>
internal sealed class PeerRenderings
{
    /// <summary>Ways to be seen that are kept. Where a node has more, the oldest is rendered again when it is needed.</summary>
    internal const int MaxKept = 4;

    // Newest first. What two find at once is the same, and only one of them is kept; that costs a rendering and nothing else.
    private Rendering[] _kept = [];

    /// <param name="entry">Whose renderings these are.</param>
    /// <param name="view">How it is seen.</param>
    /// <returns>One JSON object; not to be changed.</returns>
    public byte[] Of(NodeEntry entry, in PeerView view)
    {
        var kept = Volatile.Read(ref _kept);
        foreach (var rendering in kept)
        {
            if (rendering.View == view)
            {
                return rendering.Utf8;
            }
        }

        var made = new Rendering(view, ControlJson.SerializeToUtf8Bytes(MapNodes.Peer(entry, view)));
        Volatile.Write(ref _kept, [made, .. kept.AsSpan(0, Math.Min(kept.Length, MaxKept - 1))]);
        return made.Utf8;
    }

    private sealed record Rendering(PeerView View, byte[] Utf8);
}
