using System.Collections.Immutable;
using System.Runtime.InteropServices;
using MeshControl.Core.Maps.Rendering;

namespace MeshControl.Core.Tailnets;

/// <summary>Nodes with neighbouring indexes, as they stand in a snapshot. Immutable, and shared by all tables in which none of them differs.</summary>
internal sealed class NodeChunk
{
    /// <summary>A change copies one chunk and the list of chunks; a whole chunk of peers is what maps have in common.</summary>
    public const int Size = 128;

    public static readonly NodeChunk Empty = new(new NodeEntry?[Size]);

    private NodeChunk(NodeEntry?[] entries) => Entries = ImmutableCollectionsMarshal.AsImmutableArray(entries);

    /// <summary>By dense index; null where there is no node.</summary>
    public ImmutableArray<NodeEntry?> Entries { get; }

    /// <summary>What maps have in common that show these nodes.</summary>
    public SharedFrames Frames { get; } = new();

    public NodeChunk With(int slot, NodeEntry? entry)
    {
        var copy = new NodeEntry?[Size];
        Entries.CopyTo(copy);
        copy[slot] = entry;
        return new NodeChunk(copy);
    }
}
