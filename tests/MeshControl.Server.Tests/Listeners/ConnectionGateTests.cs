using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Listeners;
using MeshControl.Server.Tests.Rpc;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Tests.Listeners;

public sealed class ConnectionGateTests : IAsyncDisposable
{
    private const int MaxPending = 3;
    private const int MaxOpen = 5;

    private static readonly LimitOptions Limits = new() { MaxConnections = MaxOpen, MaxPendingConnections = MaxPending };

    private readonly ManualTimeProvider _time = new();
    private readonly LogCollector _log = new();
    private readonly LoggerFactory _loggers;
    private readonly ConnectionGate _gate;
    private readonly List<int> _closed = [];
    private int _entered;

    public ConnectionGateTests()
    {
        _loggers = new LoggerFactory([_log]);
        _gate = new ConnectionGate(Limits, _time, _loggers.CreateLogger<ConnectionGate>());
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.DisposeAsync();
        _loggers.Dispose();
    }

    [Fact]
    public void Enter_OnePendingMoreThanAllowed_ClosesTheOldestOfThem()
    {
        Enter(MaxPending);
        Assert.Empty(_closed);

        Assert.NotNull(Enter());

        Assert.Equal([0], _closed);
        Assert.Equal((MaxPending, MaxPending, 1), (_gate.Open, _gate.Pending, (int)_gate.Evicted));
        Assert.Contains("limits.max_pending_connections", Assert.Single(_log.Entries).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Enter_ManyMore_IsSaidOnceAMinute()
    {
        for (var i = 0; i < 100; i++)
        {
            // Without a deadline, so that the sweep leaves them alone.
            Enter()!.RequestArrived();
        }

        Assert.Single(_log.Entries);
        _time.Advance(TimeSpan.FromMinutes(1));
        Enter();

        Assert.Equal(2, _log.Entries.Count);
        Assert.Contains($"{100 - MaxPending - 1} since", _log.Entries.Last().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Enter_FullOfNodesAndOnePending_TakesItsPlace()
    {
        EnterProven(MaxOpen - 1);
        Enter();

        Assert.NotNull(Enter());

        Assert.Equal([MaxOpen - 1], _closed);
        Assert.Equal(MaxOpen, _gate.Open);
    }

    [Fact]
    public void Enter_FullOfNodes_IsRefusedAndTheyStay()
    {
        EnterProven(MaxOpen);

        Assert.Null(Enter());

        Assert.Empty(_closed);
        Assert.Equal((MaxOpen, 0, 1), (_gate.Open, _gate.Pending, (int)_gate.Refused));
        Assert.Contains("limits.max_connections", Assert.Single(_log.Entries).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Leave_FullOfNodes_MakesRoom()
    {
        var first = EnterProven(MaxOpen)[0];

        _gate.Leave(first);

        Assert.NotNull(Enter());
        Assert.Empty(_closed);
    }

    [Fact]
    public void Leave_OneThatWasClosedForAnother_CountsOnce()
    {
        var oldest = Enter();
        Enter(MaxPending);
        Assert.Equal([0], _closed);

        _gate.Leave(oldest!);

        Assert.Equal(MaxPending, _gate.Open);
    }

    [Fact]
    public async Task Prove_OneMoreOfAMachineThanCount_StaysPending()
    {
        await using var gate = new ConnectionGate(new LimitOptions(), _time, _loggers.CreateLogger<ConnectionGate>());
        var tickets = Enumerable.Range(0, ConnectionGate.MaxProvenPerMachine + 1).Select(_ => gate.TryEnter(_ => { })!).ToArray();

        Assert.All(tickets[..^1], ticket => Assert.True(ticket.Prove(Machine(1))));
        Assert.False(tickets[^1].Prove(Machine(1)));
        Assert.Equal(1, gate.Pending);

        // Once one of them has gone, there is room for it.
        gate.Leave(tickets[0]);
        Assert.True(tickets[^1].Prove(Machine(1)));
        Assert.True(tickets[^1].Prove(Machine(1)));
        Assert.Equal(0, gate.Pending);
    }

    [Fact]
    public void Deadline_Silent_IsClosedBehindItAndNotBefore()
    {
        var silent = Enter();
        Enter()!.RequestArrived();
        EnterProven(1);

        Pass(Limits.HandshakeTimeout);
        Assert.Empty(_closed);
        Pass(TimeSpan.FromSeconds(1));

        Assert.Equal([0], _closed);
        Assert.Equal(1, _gate.Late);
        _gate.Leave(silent!);
        Assert.Equal(2, _gate.Open);
    }

    [Fact]
    public void Deadline_UpgradedWithoutARequest_BeginsAnew()
    {
        var upgraded = Enter()!;
        upgraded.RequestArrived();
        Pass(TimeSpan.FromHours(1));
        upgraded.Upgraded();
        Assert.Empty(_closed);

        Pass(Limits.HandshakeTimeout + TimeSpan.FromSeconds(1));

        Assert.Equal([0], _closed);
    }

    [Fact]
    public void Deadline_RequestInTheChannel_EndsIt()
    {
        var upgraded = Enter()!;
        upgraded.RequestArrived();
        upgraded.Upgraded();
        upgraded.RequestArrived();

        Pass(TimeSpan.FromHours(1));

        Assert.Empty(_closed);
    }

    private static MachinePublicKey Machine(byte number)
    {
        var bytes = new byte[KeyBytes.Length];
        bytes[0] = number;
        return new MachinePublicKey(new KeyBytes(bytes));
    }

    // As the sweep does, though it may have been here already.
    private void Pass(TimeSpan time)
    {
        _time.Advance(time);
        _gate.CloseLate();
    }

    private ConnectionTicket? Enter()
    {
        var number = _entered++;
        return _gate.TryEnter(_ => _closed.Add(number));
    }

    private void Enter(int count)
    {
        for (; count > 0; count--)
        {
            Enter();
        }
    }

    private ConnectionTicket[] EnterProven(int count) =>
    [
        .. Enumerable.Range(0, count).Select(number =>
        {
            var ticket = Enter()!;
            ticket.Prove(Machine((byte)(number + 1)));
            return ticket;
        }),
    ];
}
