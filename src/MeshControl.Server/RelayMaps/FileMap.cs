using MeshControl.Protocol.Control;

namespace MeshControl.Server.RelayMaps;

/// <summary>A file and what it said last when it could be used. Guarded by the gate of <see cref="RelayMapService"/>.</summary>
internal sealed class FileMap(string path)
{
    public string Path { get; } = path;

    public DerpMap? Map { get; set; }

    public string? Problem { get; set; }

    public DateTimeOffset? ReadAt { get; set; }
}
