using MeshControl.Policy.Access;
using MeshControl.Policy.Tests.Support;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Access;

/// <summary>
/// What the compiler may allocate at ten thousand nodes: a change that began to cost as much as the tailnet is large would show here.
/// The times are in tests/MeshControl.Benchmarks.
/// </summary>
public sealed class AllocationTests
{
    private const int Nodes = 10_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Build_ThousandRulesTenThousandNodes_StaysInItsBudget(bool self)
    {
        var tailnet = LargeTailnet.Create(rules: 1000, nodes: Nodes, self);

        var allocated = Allocated(() => CompileAll(tailnet.Build()));

        Assert.InRange(allocated, 1, 64L << 20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_NodeOfAKnownClass_CompilesNothing(bool self)
    {
        var tailnet = LargeTailnet.Create(rules: 1000, nodes: Nodes, self);
        var map = CompileAll(tailnet.Build());
        var joining = LargeTailnet.Node(Nodes) with { Owner = 1 };
        AccessMap? after = null;

        var allocated = Allocated(() => after = map.With(new WorldChange { Nodes = [joining] }).Map);

        Assert.InRange(allocated, 1, 256L << 10);
        Assert.Same(map.AccessOf(map.CellAt(0)!), after!.AccessOf(after.CellAt(Nodes)!));
    }

    [Fact]
    public void ChangesSince_OneMoreSource_IsAsLargeForAGroupOfThousandsAsForASmallOne()
    {
        var (small, large) = (DeltaBytes(50), DeltaBytes(5000));

        // A shard of sources, whatever there is beside it.
        Assert.InRange(large, 100, 2000);
        Assert.InRange(large - small, -1000, 1000);
    }

    private static long DeltaBytes(int sources)
    {
        var before = LargeTailnet.OneGroup(sources, servers: 1).Build();
        var joining = LargeTailnet.Node(sources - 1) with { Owner = sources };
        var after = before.With(new WorldChange { Nodes = [joining] }).Map;
        var changes = after.FilterOf(sources).ChangesSince(before.FilterOf(sources));
        return ControlJson.SerializeToUtf8Bytes(new MapResponse { PacketFilters = changes }).Length;
    }

    private static AccessMap CompileAll(AccessMap map)
    {
        for (var index = 0; index < Nodes; index++)
        {
            map.AccessOf(map.CellAt(index)!);
        }

        return map;
    }

    private static long Allocated(Action action)
    {
        // Once before, because what runs for the first time allocates for itself.
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
