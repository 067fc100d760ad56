using BenchmarkDotNet.Attributes;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.Tests.Support;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Benchmarks.Policy;

/// <summary>The policy compiler at ten thousand nodes.</summary>
[MemoryDiagnoser]
public class AccessBenchmarks
{
    private LargeTailnet _tailnet = null!;
    private AccessMap _map = null!;
    private PolicyNode _joining = null!;
    private PolicyNode _stranger = null!;

    /// <summary>Without, people with the same rights share a class; with it, each has one.</summary>
    [Params(false, true)]
    public bool Self { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _tailnet = LargeTailnet.Create(rules: 1000, nodes: 10_000, self: Self);
        _map = _tailnet.Build();
        CompileAll(_map);
        _joining = LargeTailnet.Node(10_000) with { Owner = 1 };
        _stranger = LargeTailnet.Node(10_000) with { Tags = ["tag:t1", "tag:t2"] };
    }

    /// <summary>The text of 1,000 rules.</summary>
    [Benchmark]
    public PolicyFile Read() =>
        PolicyReader.TryRead(_tailnet.Text, LargeTailnet.Tailnet, out var file, out _) ? file : throw new InvalidOperationException();

    /// <summary>All of it: the policy, the classes of all nodes, and what the rules say of each class.</summary>
    [Benchmark]
    public AccessMap Compile() => CompileAll(_tailnet.Build());

    /// <summary>A further device of somebody who has some.</summary>
    [Benchmark]
    public NodeFilter JoinKnownClass() => _map.With(new WorldChange { Nodes = [_joining] }).Map.FilterOf(_joining.Index);

    /// <summary>A node like which there was none.</summary>
    [Benchmark]
    public NodeFilter JoinNewClass() => _map.With(new WorldChange { Nodes = [_stranger] }).Map.FilterOf(_stranger.Index);

    /// <summary>The filter of one node, rendered.</summary>
    [Benchmark]
    public WireMap<string, WireList<FilterRule>?> RenderFilter() => _map.FilterOf(5).Pieces;

    private static AccessMap CompileAll(AccessMap map)
    {
        for (var index = 0; index < 10_000; index++)
        {
            map.Sees(index, index ^ 1);
        }

        return map;
    }
}
