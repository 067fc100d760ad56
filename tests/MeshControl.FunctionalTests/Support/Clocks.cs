using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Support;

/// <summary>Waiting for what a server does by its clock.</summary>
internal static class Clocks
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>Moves a clock on by seconds until a node's netmap fulfils a condition.</summary>
    /// <param name="time">The server's clock.</param>
    /// <param name="node">Whose netmap is looked at.</param>
    /// <param name="condition">What has to come.</param>
    /// <param name="limit">Time of that clock after which it should have come.</param>
    /// <returns>How far the clock was moved. It may be a little more than needed.</returns>
    public static async Task<TimeSpan> AdvanceUntilAsync(
        this ManualTimeProvider time, SimulatedNode node, Func<Netmap, bool> condition, TimeSpan limit)
    {
        var moved = TimeSpan.Zero;
        while (true)
        {
            try
            {
                await node.WaitForAsync(condition, moved >= limit ? null : Glance);
                return moved;
            }
            catch (TimeoutException) when (moved < limit)
            {
                time.Advance(Step);
                moved += Step;
            }
        }
    }
}
