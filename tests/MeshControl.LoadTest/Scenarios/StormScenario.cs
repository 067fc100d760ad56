using System.Diagnostics;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>All channels are cut at once, and all nodes connect again, until each has its whole map.</summary>
public sealed class StormScenario : Scenario
{
    public override string Name => "storm";

    public override string Summary => "all are cut off and connect again";

    public override async Task<bool> RunAsync(ScenarioRun run, CancellationToken limit)
    {
        var crowd = run.Crowd;
        await Task.WhenAll(crowd.Nodes.Select(node => node.CutAsync())).WaitAsync(limit);
        crowd.BeginRound();
        var began = Stopwatch.GetTimestamp();
        await crowd.ForEachAsync(
            async (node, token) =>
            {
                node.Connect();
                await node.Complete.WaitAsync(token);
            },
            limit);
        var converged = await crowd.WaitForAllAsync(limit);
        if (converged is { } at)
        {
            run.Add("converged_s", "all have their map, seconds", Stopwatch.GetElapsedTime(began, at).TotalSeconds);
        }

        run.Add("first_map_ms", "first map", crowd.Nodes.Select(node => node.FirstMapTime).OfType<TimeSpan>());
        run.AddThoseBehind();
        return converged is not null;
    }
}
