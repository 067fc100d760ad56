using System.Diagnostics;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>One node after another moves to another endpoint, the next when all who see it have heard of the last.</summary>
public sealed class ChangeScenario : Scenario
{
    public override string Name => "change";

    public override string Summary => "one by one, endpoints change until all others have seen it";

    public override async Task<bool> RunAsync(ScenarioRun run, CancellationToken limit)
    {
        var nodes = run.Crowd.Nodes;
        var seen = new List<TimeSpan>();
        var seenByAll = new List<TimeSpan>();
        var missing = 0;
        for (var change = 0; change < run.Options.Changes; change++)
        {
            var mover = nodes[change % nodes.Count];
            var id = mover.Node.Netmap.Self.Id;
            var endpoint = mover.EndpointAfter(1 + change);
            // With rules in force not everybody sees everybody.
            var viewers = nodes.Where(node => node != mover && node.Node.Netmap.Peers.ContainsKey(id)).ToList();
            var sightings = viewers.ConvertAll(node => node.SeeAsync(id, endpoint));
            var began = Stopwatch.GetTimestamp();
            await mover.MoveAsync(endpoint, limit);
            try
            {
                await Task.WhenAll(sightings).WaitAsync(limit);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                missing = sightings.Count(sighting => !sighting.IsCompleted);
            }

            var times = sightings.Where(sighting => sighting.IsCompleted)
                .Select(sighting => Stopwatch.GetElapsedTime(began, sighting.Result)).ToList();
            seen.AddRange(times);
            if (missing > 0)
            {
                run.Fail($"{missing} of {viewers.Count} nodes have not seen {mover.Name} at {endpoint}");
                break;
            }

            seenByAll.Add(times.DefaultIfEmpty().Max());
        }

        run.Add("seen_ms", "change seen by one", seen);
        run.Add("seen_by_all_ms", "change seen by all", seenByAll);
        run.Add("changes", "changes", seenByAll.Count);
        return missing == 0;
    }
}
