using MeshControl.Server.Diagnostics;
using MeshControl.Testing.Time;

namespace MeshControl.Server.Tests.Diagnostics;

public sealed class LogBudgetTests
{
    [Fact]
    public void TryTake_BeyondTheBudget_IsCountedUntilTheNextInterval()
    {
        var time = new ManualTimeProvider();
        var budget = new LogBudget(2, TimeSpan.FromMinutes(1), time);

        Assert.Equal([(true, 0), (true, 0), (false, 0), (false, 1)], Take(budget, 4));
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal([(false, 2)], Take(budget, 1));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([(true, 3), (true, 0), (false, 0)], Take(budget, 3));
    }

    private static List<(bool Taken, int Omitted)> Take(LogBudget budget, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (budget.TryTake(out var omitted), omitted))];
}
