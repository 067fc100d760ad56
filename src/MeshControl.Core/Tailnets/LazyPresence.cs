using MeshControl.Core.Diagnostics;
using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Tailnets;

/// <summary>Keeps the last presence of each node in memory until the next flush: what a crash loses of it is a few seconds.</summary>
internal sealed class LazyPresence(IMeshStore store, ILogger<LazyPresence> logger) : IPresencePort
{
    /// <summary>Nodes that are written in one transaction: a join that comes meanwhile waits for so many, not for all that reconnected.</summary>
    internal const int MaxRows = 1000;

    // Guarded by itself: filled by the writers, emptied by the flush. Bounded by the number of nodes.
    private readonly Dictionary<NodeId, NodePresence> _unsaved = [];

    public void Publish(TailnetId tailnet, long version, IReadOnlyCollection<KeyValuePair<NodeId, NodePresence?>> changed)
    {
        lock (_unsaved)
        {
            foreach (var (id, presence) in changed)
            {
                if (presence is null)
                {
                    _unsaved.Remove(id);
                }
                else
                {
                    _unsaved[id] = presence;
                }
            }
        }
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        KeyValuePair<NodeId, NodePresence>[] rows;
        lock (_unsaved)
        {
            rows = [.. _unsaved];
            _unsaved.Clear();
        }

        var written = 0;
        try
        {
            while (written < rows.Length)
            {
                var next = new ArraySegment<KeyValuePair<NodeId, NodePresence>>(rows, written, Math.Min(MaxRows, rows.Length - written));
                await store.SavePresenceAsync(next, cancellationToken);
                written += next.Count;
            }
        }
        catch (Exception exception)
        {
            // It may be lost, but need not be: it is written with the next flush, and be it the one at stop. What has been
            // published since is newer.
            lock (_unsaved)
            {
                foreach (var (id, presence) in rows.AsSpan(written))
                {
                    _unsaved.TryAdd(id, presence);
                }
            }

            if (exception is OperationCanceledException)
            {
                throw;
            }

            Log.PresenceNotSaved(logger, rows.Length - written, exception);
        }
    }
}
