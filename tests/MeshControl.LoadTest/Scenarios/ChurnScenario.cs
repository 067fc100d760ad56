using System.Diagnostics;
using MeshControl.LoadTest.Crowds;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>Endpoints of random nodes change at a pace, whether or not the last changes were heard of.</summary>
public sealed class ChurnScenario : Scenario
{
    private const int DefaultRate = 20;

    public override string Name => "churn";

    public override string Summary => "endpoints change at a pace, until all others have seen each";

    public override async Task<bool> RunAsync(ScenarioRun run, CancellationToken limit)
    {
        var rate = run.Options.Rate ?? DefaultRate;
        var random = new Random(run.Options.Seed);
        var nodes = run.Crowd.Nodes;
        var moves = new Moves(run);
        var waiting = new Dictionary<CrowdNode, Task>();
        var (begun, skipped) = (0, 0);
        var began = Stopwatch.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate));
        while (Stopwatch.GetElapsedTime(began) < run.Options.Length && await pace.WaitForNextTickAsync(limit))
        {
            var mover = nodes[random.Next(nodes.Count)];
            if (waiting.TryGetValue(mover, out var last) && !last.IsCompleted)
            {
                // Its viewers would be told of the newer endpoint alone.
                skipped++;
                continue;
            }

            begun++;
            waiting[mover] = moves.MoveAsync(mover, limit);
        }

        run.Add("rate", "changes begun a second", begun / Stopwatch.GetElapsedTime(began).TotalSeconds);
        await Task.WhenAll(waiting.Values);
        moves.AddFigures();
        run.Add("skipped", "not begun, as the node was moving", skipped);
        return moves.Missing == 0;
    }
}
