using System.Diagnostics;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>Nothing happens, and what that costs; in the second half of the time.</summary>
public sealed class IdleScenario : Scenario
{
    public override string Name => "idle";

    public override string Summary => "nothing happens for a while";

    public override async Task<bool> RunAsync(ScenarioRun run, CancellationToken limit)
    {
        // The runtime compiles once more, in the background, what became hot before.
        await Task.Delay(run.Options.Length, limit);
        var before = run.Server?.Sample();
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(run.Options.Length, limit);
        if (run.Server is { } server && before is not null)
        {
            var after = server.Sample();
            run.Add(
                "server_cpu_percent",
                "server, per cent of a core",
                (after.ProcessorSeconds - before.ProcessorSeconds) / Stopwatch.GetElapsedTime(began).TotalSeconds * 100);
            run.Add("server_kb_per_node", "server, KB of memory per node", after.ResidentMegabytes * 1024 / run.Crowd.Nodes.Count);
        }

        return true;
    }
}
