using System.Diagnostics;
using MeshControl.LoadTest.Crowds;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>
/// Everything at once: a day of a tailnet in a hundredth of its time, or as much of it as the user wants. What happens to one node
/// happens in the script's order, what happens to several does as it comes.
/// </summary>
public sealed class MixedScenario : Scenario
{
    public override string Name => "mixed";

    public override string Summary => "a day of a real tailnet, at 100 times its speed; always the last one";

    public override async Task<bool> RunAsync(ScenarioRun run, CancellationToken limit)
    {
        var script = MixedScript.Write(run.Options, run.Crowd.Nodes.Count);
        using var actor = new MixedActor(run.Options);
        var lives = new Dictionary<CrowdNode, Task>();
        var lags = new List<TimeSpan>();
        var began = Stopwatch.GetTimestamp();
        foreach (var what in script)
        {
            var wait = what.At - Stopwatch.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, limit);
            }

            var node = what.Node < run.Crowd.Nodes.Count ? run.Crowd.Nodes[what.Node] : run.Crowd.Add();
            lives[node] = LiveAsync(run, lives.GetValueOrDefault(node) ?? Task.CompletedTask, actor, node, what, limit);
            var lag = Stopwatch.GetElapsedTime(began) - what.At;
            lags.Add(lag > TimeSpan.Zero ? lag : TimeSpan.Zero);
        }

        await Task.WhenAll(lives.Values);
        await actor.RestorePolicyAsync(limit);
        run.Add("events", "events", script.Count);
        foreach (var kind in script.GroupBy(what => what.Kind).OrderBy(kind => kind.Key))
        {
            run.Add($"events_{kind.Key}".ToLowerInvariant(), $"  {kind.Key}", kind.Count());
        }

        run.Add("lag_ms", "late by", lags);
        return true;
    }

    private static async Task LiveAsync(
        ScenarioRun run, Task before, MixedActor actor, CrowdNode node, MixedEvent what, CancellationToken limit)
    {
        await before;
        try
        {
            await actor.ActAsync(node, what, limit);
        }
        catch (Exception e) when (Crowd.IsExpected(e) || e is LoadException or TimeoutException || IsOwnTimeout(e))
        {
            run.Fail($"{node.Name}: {what.Kind} failed: {e.Message}");
        }

        // A dial that took too long is cancelled by a limit of its own.
        bool IsOwnTimeout(Exception e) => e is OperationCanceledException && !limit.IsCancellationRequested;
    }
}
