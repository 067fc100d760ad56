using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Simulation;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 40)]
    [InlineData(10, 1_000)]
    [InlineData(54, 29_160)]
    [InlineData(55, 30_000)]
    [InlineData(int.MaxValue, 30_000)]
    public void MeanAfter_Failures_GrowsWithSquare(int failures, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Backoff.MeanAfter(failures));
}
