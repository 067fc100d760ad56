using MeshControl.Server.Listeners;

namespace MeshControl.Server.Tests.Listeners;

public sealed class ConnectionLimitTests
{
    private const int Max = 3;

    private readonly ConnectionLimit _limit = new(Max);
    private readonly List<int> _closed = [];

    [Fact]
    public void TryEnter_OneBeyondStrangers_ClosesTheOldest()
    {
        var slots = Enumerable.Range(0, Max).Select(Enter).ToArray();

        Assert.NotNull(Enter(Max));
        Assert.Equal([0], _closed);

        // The one that was closed leaves late, and must not free another place.
        _limit.Leave(slots[0]!);
        Assert.NotNull(Enter(Max + 1));
        Assert.Equal([0, 1], _closed);
    }

    [Fact]
    public void TryEnter_AllAreKept_IsRefusedUntilOneLeaves()
    {
        var slots = Enumerable.Range(0, Max).Select(Enter).ToArray();
        Array.ForEach(slots, slot => slot!.Keep());

        Assert.Null(Enter(Max));
        Assert.Empty(_closed);
        _limit.Leave(slots[1]!);
        Assert.NotNull(Enter(Max + 1));
    }

    private ConnectionLimit.Slot? Enter(int number) => _limit.TryEnter(() => _closed.Add(number));
}
