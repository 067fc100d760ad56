using System.Runtime.CompilerServices;
using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Support;

/// <summary>Waiting for what a server does, by its clock or at once.</summary>
internal static class Clocks
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for something at the server that no node is told.</summary>
    /// <exception cref="TimeoutException">It did not come.</exception>
    public static Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        UntilAsync(() => Task.FromResult(condition()), text);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string)"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > SimulatedNode.DefaultTimeout)
            {
                throw new TimeoutException($"The test waited {SimulatedNode.DefaultTimeout} in vain for '{text}'.");
            }

            await Task.Delay(Glance, TestContext.Current.CancellationToken);
        }
    }

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
