using BenchmarkDotNet.Attributes;
using MeshControl.Core.Maps;
using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.Tests.Support;

namespace MeshControl.Benchmarks.Maps;

/// <summary>What keeping streams and telling them costs, apart from their messages. All see the first node, and the others not each other.</summary>
[MemoryDiagnoser]
public class SessionBenchmarks
{
    private const string Policy = """{"tagOwners": {"tag:a": []}, "acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:a:*"]}]}""";

    private StreamedTailnet _tailnet = null!;
    private int _next;

    [Params(100, 1_000, 10_000, 50_000)]
    public int Streams { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var seed = Seeds.WithNodes(Streams);
        _tailnet = new StreamedTailnet(seed with
        {
            Nodes = [seed.Nodes[0] with { Owner = null, Tags = ["tag:a"] }, .. seed.Nodes.Skip(1)],
            Policy = new StoredPolicy(1, Policy, Make.Created, "benchmark"),
        });
    }

    /// <summary>Whether a node has a stream.</summary>
    [Benchmark]
    public bool Find() => _tailnet.Audience.TryGet(new NodeId(Streams / 2), out _);

    /// <summary>A stream closes, and its node comes back.</summary>
    [Benchmark]
    public MapSession? Churn()
    {
        var session = _tailnet.Sessions[_next++ % Streams];
        _tailnet.Audience.Remove(session);
        return _tailnet.Audience.Add(session);
    }

    /// <summary>A change that one stream is told.</summary>
    [Benchmark]
    public int TellOne() => _tailnet.ChangeSelf();

    /// <summary>A change that all streams are told, none of which has read the one before.</summary>
    [Benchmark]
    public int TellAll() => _tailnet.ChangeEndpoint();

    /// <summary>A change that all streams are told and decide on at once.</summary>
    [Benchmark]
    public int TellAllAndTake()
    {
        _tailnet.ChangeEndpoint();
        return _tailnet.Sessions.Count(session => session.NextMessage() is not null);
    }
}
