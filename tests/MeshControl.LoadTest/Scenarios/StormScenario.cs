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
        var streams = crowd.Nodes.Sum(node => node.Traffic.Streams);
        var began = Stopwatch.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(limit);
        var commands = RepeatAsync(run, over.Token);
        await crowd.ForEachAsync(
            run.Options.StormConcurrency ?? run.Options.Concurrency,
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

        await over.CancelAsync();
        run.Add("first_map_ms", "first map", crowd.Nodes.Select(node => node.FirstMapTime).OfType<TimeSpan>());
        if (run.Options.During is not null)
        {
            run.Add("command_ms", "command in the middle of it", await commands);
        }

        run.Add("streams", "streams beyond one for each", crowd.Nodes.Sum(node => node.Traffic.Streams) - streams - crowd.Nodes.Count);
        run.AddThoseBehind();
        return converged is not null;
    }

    private static async Task<IReadOnlyList<TimeSpan>> RepeatAsync(ScenarioRun run, CancellationToken over)
    {
        var times = new List<TimeSpan>();
        while (run.Options.During is { } command && !over.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                await command(over);
                times.Add(Stopwatch.GetElapsedTime(began));
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                break;
            }
            catch (LoadException e)
            {
                run.Fail(e.Message);
                break;
            }
        }

        return times;
    }
}
