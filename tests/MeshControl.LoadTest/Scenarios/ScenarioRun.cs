using System.Collections.Concurrent;
using MeshControl.LoadTest.Arguments;
using MeshControl.LoadTest.Crowds;
using MeshControl.LoadTest.Figures;
using MeshControl.LoadTest.Oracle;
using MeshControl.LoadTest.Reports;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>One scenario with its surroundings: the limit, what it costs, and the oracle behind it.</summary>
public sealed class ScenarioRun(Crowd crowd, LoadOptions options, ServerProcess? server)
{
    private readonly List<Figure> _figures = [];
    private readonly ConcurrentQueue<string> _failures = [];

    public Crowd Crowd => crowd;

    public LoadOptions Options => options;

    /// <summary>The server's process, if it is measured.</summary>
    public ServerProcess? Server => server;

    public void Add(string name, string label, double value) => _figures.Add(Figure.Of(name, label, value));

    public void Add(string name, string label, IEnumerable<TimeSpan> durations) => _figures.Add(Figure.Of(name, label, durations));

    public void Fail(string sentence) => _failures.Enqueue(sentence);

    /// <summary>Says which nodes have not come to know all, and why that may be.</summary>
    public void AddThoseBehind()
    {
        var behind = crowd.Nodes.Where(node => node.CompleteAt == 0).ToList();
        Add("behind", "nodes behind", behind.Count);
        foreach (var node in behind)
        {
            var known = node.Node.HasNetmap ? $"knows {node.Node.Netmap.Peers.Count} of {node.ExpectedPeers} peers" : "has no map";
            Fail($"{node.Name} {known}{(node.LastFault is { } fault ? $"; last fault: {fault}" : "")}");
        }
    }

    public async Task<ScenarioReport> RunAsync(Scenario scenario, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Limit);
        var meter = new Meter(crowd, server);
        var isDone = await IsDoneAsync(scenario, limit.Token, cancellationToken);
        _figures.AddRange(meter.Read());
        return new ScenarioReport
        {
            Scenario = scenario.Name,
            Nodes = crowd.Nodes.Count,
            IsDone = isDone,
            Figures = _figures,
            Failures = [.. _failures],
            Compared = options.Sample ?? crowd.Nodes.Count,
            Differences = isDone ? await CrowdOracle.CompareAsync(crowd, options, cancellationToken) : null,
        };
    }

    private async Task<bool> IsDoneAsync(Scenario scenario, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            return await scenario.RunAsync(this, limit);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            AddThoseBehind();
            return false;
        }
    }
}
