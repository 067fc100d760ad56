using System.Collections.Concurrent;
using MeshControl.LoadTest.Crowds;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>Nodes that move to endpoints where nobody was before, and when who has heard of it. All members may be used concurrently.</summary>
public sealed class Moves(ScenarioRun run)
{
    private readonly ConcurrentBag<IReadOnlyList<TimeSpan>> _seen = [];
    private int _missing;

    /// <summary>Viewers that were waited for in vain.</summary>
    public int Missing => Volatile.Read(ref _missing);

    /// <summary>Moves a node, and waits until all who know it have seen it. One at a time for a node.</summary>
    public async Task MoveAsync(CrowdNode mover, CancellationToken limit)
    {
        var crowd = run.Crowd;
        var endpoint = mover.NextEndpoint();
        var watch = crowd.Board.BeginEndpoint(endpoint, crowd.Viewers(mover, mover.Node.Netmap.Self.Id));
        try
        {
            await mover.MoveAsync(endpoint, limit);
            await watch.All.WaitAsync(limit);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            Interlocked.Add(ref _missing, watch.Missing);
            run.Fail($"{watch.Missing} of {watch.Viewers} nodes have not seen {mover.Name} at {endpoint}");
        }
        finally
        {
            crowd.Board.End(endpoint);
            _seen.Add([.. watch.Times]);
        }
    }

    public void AddFigures()
    {
        run.Add("seen_ms", "change seen by one", _seen.SelectMany(times => times));
        run.Add("seen_by_all_ms", "change seen by all", _seen.Where(times => times.Count > 0).Select(times => times.Max()));
        run.Add("changes", "changes", _seen.Count);
    }
}
