using MeshControl.Core.Maps.Rendering;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Maps;

/// <summary>
/// The snapshots that sessions are rendered from. The one published last may be ahead of what sessions were told of, and an index may name
/// another node in it; so what is pending is rendered from the last one that all were told of, or, for a session that was told of the one
/// being told just now, from that. Sessions themselves hold no snapshot: those that nothing concerns for days would keep an old one alive.
/// </summary>
/// <param name="published">The one published last.</param>
internal sealed class MapFeed(Func<TailnetSnapshot> published)
{
    // Replaced as a whole by the writer.
    private volatile Told _told = new(published(), published());

    /// <summary>What sessions were told just now.</summary>
    public SharedChanges Shared { get; } = new();

    /// <summary>The one published last.</summary>
    public TailnetSnapshot Published => published();

    /// <summary>Called by the writer, before it tells the first session of a snapshot.</summary>
    public void Begin(TailnetSnapshot snapshot) => _told = new Told(_told.ToSome, snapshot);

    /// <summary>Called by the writer, after it has told the last session that it concerns.</summary>
    public void End() => _told = new Told(_told.ToSome, _told.ToSome);

    /// <summary>What a session is rendered from that was told of a version, and of all before it that concern it.</summary>
    public TailnetSnapshot At(long version) => _told is var told && version <= told.ToAll.Version ? told.ToAll : told.ToSome;

    private sealed record Told(TailnetSnapshot ToAll, TailnetSnapshot ToSome);
}
