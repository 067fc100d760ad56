using System.Diagnostics;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>One more node after another joins those that are there, and stays.</summary>
public sealed class LateScenario : Scenario
{
    public override string Name => "late";

    public override string Summary => "one by one, more nodes join those that are there";

    public override async Task<bool> RunAsync(ScenarioRun run, CancellationToken limit)
    {
        var crowd = run.Crowd;
        var (registered, firstMaps, up, seen) = (new List<TimeSpan>(), new List<TimeSpan>(), new List<TimeSpan>(), new List<TimeSpan>());
        for (var late = 0; late < run.Options.Changes; late++)
        {
            var node = crowd.Add();
            var endpoint = node.EndpointAfter(0);
            node.BeginRound();
            var began = Stopwatch.GetTimestamp();
            await node.RegisterAsync(limit);
            var watch = crowd.Board.BeginEndpoint(endpoint, crowd.Others(node).Where(other => other.IsPresent));
            node.Connect();
            try
            {
                await Task.WhenAll(node.Complete, watch.All).WaitAsync(limit);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                run.Fail($"{watch.Missing} of {watch.Viewers} nodes have not heard of {node.Name}");
                run.AddThoseBehind();
                return false;
            }
            finally
            {
                crowd.Board.End(endpoint);
            }

            registered.Add(node.RegisterTime);
            firstMaps.Add(node.FirstMapTime ?? TimeSpan.Zero);
            up.Add(Stopwatch.GetElapsedTime(began, node.CompleteAt));
            seen.AddRange(watch.Times);
        }

        run.Add("register_ms", "register", registered);
        run.Add("first_map_ms", "first map, from its request", firstMaps);
        run.Add("up_ms", "first map, from the first request", up);
        run.Add("seen_ms", "seen by one, from the first map's request", seen);
        return true;
    }
}
