using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Support;

/// <summary>Asserts that nodes know what the server would tell them at once.</summary>
internal static class NetmapOracle
{
    /// <summary>Waits until each node's netmap equals a whole map fetched for it now.</summary>
    public static Task AssertConvergedAsync(params IEnumerable<SimulatedNode> nodes) =>
        Parallel.ForEachAsync(
            nodes,
            new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken, MaxDegreeOfParallelism = 8 },
            async (node, token) => await AssertConvergedAsync(node, token));

    private static async Task AssertConvergedAsync(SimulatedNode node, CancellationToken cancellationToken)
    {
        var expected = await node.FetchMapAsync(cancellationToken);
        try
        {
            await node.WaitForAsync(map => NetmapDifference.Find(map, expected) is null).WaitAsync(cancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{node} has {NetmapDifference.Find(node.Netmap, expected)}");
        }
    }
}
