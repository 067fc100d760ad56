using System.Diagnostics;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>All nodes register and open their map streams, so many at a time, until each knows all the others.</summary>
public sealed class JoinScenario : Scenario
{
    public override string Name => "join";

    public override string Summary => "all register and come to know each other";

    public override async Task<bool> RunAsync(ScenarioRun run, CancellationToken limit)
    {
        var crowd = run.Crowd;
        var began = Stopwatch.GetTimestamp();
        crowd.BeginRound();
        await crowd.ForEachAsync(
            run.Options.Concurrency,
            async (node, token) =>
            {
                await node.RegisterAsync(token);
                node.Connect();
            },
            limit);
        run.Add("registered_s", "all registered, seconds", Stopwatch.GetElapsedTime(began).TotalSeconds);

        var converged = await crowd.WaitForAllAsync(limit);
        if (converged is { } at)
        {
            run.Add("converged_s", "all know all, seconds", Stopwatch.GetElapsedTime(began, at).TotalSeconds);
        }

        run.Add("register_ms", "register", crowd.Nodes.Select(node => node.RegisterTime));
        run.Add("first_map_ms", "first map", crowd.Nodes.Select(node => node.FirstMapTime).OfType<TimeSpan>());
        run.Add("retries", "registrations tried again", crowd.Nodes.Sum(node => node.Retries));
        run.AddThoseBehind();
        return converged is not null;
    }
}
