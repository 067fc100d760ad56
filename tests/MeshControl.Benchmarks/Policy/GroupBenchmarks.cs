using BenchmarkDotNet.Attributes;
using MeshControl.Policy.Access;
using MeshControl.Policy.Tests.Support;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Benchmarks.Policy;

/// <summary>What a destination receives when its sources get one more. The bytes are printed when the benchmark is set up.</summary>
[MemoryDiagnoser]
public class GroupBenchmarks
{
    private AccessMap _before = null!;
    private AccessMap _after = null!;

    [Params(50, 500, 5000)]
    public int Sources { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var tailnet = LargeTailnet.OneGroup(Sources, servers: 1);
        _before = tailnet.Build();

        // The last user of the group had no device until now.
        var joining = LargeTailnet.Node(Sources - 1) with { Owner = Sources };
        _after = _before.With(new WorldChange { Nodes = [joining] }).Map;
        var response = new MapResponse { PacketFilters = Delta() };
        Console.WriteLine($"// {Sources} sources: a destination receives {ControlJson.SerializeToUtf8Bytes(response).Length} bytes of JSON");
    }

    [Benchmark]
    public WireMap<string, WireList<FilterRule>?>? Delta() => _after.FilterOf(Sources).ChangesSince(_before.FilterOf(Sources));
}
