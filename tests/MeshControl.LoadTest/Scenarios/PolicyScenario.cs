using System.Diagnostics;
using MeshControl.LoadTest.Arguments;
using MeshControl.LoadTest.Crowds;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>One policy after another is set, the next when all nodes have got the last. Who sees whom stays as it is.</summary>
public sealed class PolicyScenario : Scenario
{
    private const ushort FirstPort = 1024;

    public override string Name => "policy";

    public override string Summary => "one by one, policies are set until all have each";

    public override string? Needs(LoadOptions options) =>
        options.SetPolicy is null ? "--set-policy CMD, which sets the policy that it reads from its input" : null;

    public override async Task<bool> RunAsync(ScenarioRun run, CancellationToken limit)
    {
        var board = run.Crowd.Board;
        var (commands, seen, seenByAll) = (new List<TimeSpan>(), new List<TimeSpan>(), new List<TimeSpan>());
        for (var change = 0; change < run.Options.Policies; change++)
        {
            // Another one than a run before may have left.
            var port = (ushort)(FirstPort + ((run.Options.Seed + change) % 60_000));
            var watch = board.BeginPort(port, run.Crowd.Nodes);
            try
            {
                var began = Stopwatch.GetTimestamp();
                await run.Options.SetPolicy!(CrowdPolicies.Plain(run.Options.OwnOnly, port), limit);
                commands.Add(Stopwatch.GetElapsedTime(began));
                await watch.All.WaitAsync(limit);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                run.Fail($"{watch.Missing} of {watch.Viewers} nodes have not got policy {change + 1}");
                return false;
            }
            finally
            {
                board.End(port);
                seen.AddRange(watch.Times);
            }

            seenByAll.Add(watch.Times.Max());
        }

        run.Add("command_ms", "command", commands);
        run.Add("seen_ms", "filter there, from the command", seen);
        run.Add("seen_by_all_ms", "filter at all, from the command", seenByAll);
        return true;
    }
}
