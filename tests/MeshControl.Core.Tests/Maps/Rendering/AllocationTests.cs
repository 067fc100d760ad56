using MeshControl.Core.Maps;
using MeshControl.Core.Maps.Rendering;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Policy.Access;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Memory;

namespace MeshControl.Core.Tests.Maps.Rendering;

/// <summary>What maps may allocate, in bytes on the managed heap. A budget is about half above what was measured when it was set.</summary>
public sealed class AllocationTests : IDisposable
{
    private const int NodeBudget = 8_000;
    private const int WholeMapBudget = 26_000;
    private const int PatchBudget = 6_000;
    private const int SharedPatchBudget = 1_000;
    private const int VisibilityBudget = 54_000;

    private readonly PooledBuffer _output = new(4 << 20);

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Render_OneNode_StaysInBudget()
    {
        var entries = Enumerable.Range(1, 100).Select(id => new NodeEntry(id, Make.Node(id), NodePresence.None)).ToArray();
        var view = new PeerView("mesh.test", false, PeerRoutes.None, WireMap.Empty<string, WireList<RawJson>?>(), false);
        var next = 0;

        Assert.InRange(LeastAllocated(() => entries[next].Renderings.Of(entries[next++], view)), 1, NodeBudget);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Full_ThousandPeersRenderedBefore_NeedsASmallConstantBesidePooledBuffers(bool compress)
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(1001));
        var viewer = tailnet.Entry(1);

        var allocated = LeastAllocated(() => Write(MapBuilder.Full(tailnet.Snapshot, viewer, Make.Created), compress));

        Assert.InRange(allocated, 1, WholeMapBudget);
    }

    [Fact]
    public void Next_OnePatchInALargeTailnet_StaysInBudget()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(1000));
        var session = tailnet.Open(1);
        session.First();
        var port = 0;

        var allocated = LeastAllocated(
            () => Write(session.NextMessage()!, compress: true),
            () => tailnet.EditPresence(2, presence => presence with { Endpoints = [Make.Endpoint(++port)] }));

        Assert.InRange(allocated, 1, PatchBudget);
    }

    [Fact]
    public void Next_PatchThatAnotherViewerWasTold_NeedsNextToNothing()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(1000));
        var (first, second) = (tailnet.Open(1), tailnet.Open(2));
        first.First();
        second.First();
        var port = 0;

        var allocated = LeastAllocated(
            () => Write(second.NextMessage()!, compress: true),
            () =>
            {
                tailnet.EditPresence(3, presence => presence with { Endpoints = [Make.Endpoint(++port)] });
                Write(first.NextMessage()!, compress: true);
            });

        Assert.InRange(allocated, 1, SharedPatchBudget);
    }

    [Fact]
    public void Next_PolicyByWhichOneOfAThousandIsSeenNoMore_CostsWhatChanged()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(1000));
        tailnet.EditNode(3, node => node with { Tags = ["tag:a"], Owner = null });
        var (first, second) = (tailnet.Open(1), tailnet.Open(2));
        first.First();
        second.First();
        var isOpen = false;

        var allocated = LeastAllocated(
            () => Write(second.NextMessage()!, compress: true),
            () =>
            {
                isOpen = !isOpen;
                tailnet.SetPolicy($$"""
                    {"tagOwners": {"tag:a": []}, "acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["{{(isOpen ? "*" : "autogroup:member")}}:*"]}]}
                    """);
                Write(first.NextMessage()!, compress: true);
            });

        Assert.InRange(allocated, 1, VisibilityBudget);
    }

    private void Write(MapMessage message, bool compress)
    {
        _output.Truncate(0);
        message.WriteTo(_output, compress);
    }

    /// <summary>The least of many times: the first ones fill pools and caches, and others in this process may empty them.</summary>
    private static long LeastAllocated(Action action, Action? before = null)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 50; i++)
        {
            before?.Invoke();
            var start = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - start);
        }

        return least;
    }
}
