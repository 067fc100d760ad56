using MeshControl.Core.Maps;
using MeshControl.Protocol.Compression;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Polling;
using MeshControl.Server.Tests.Admin;
using MeshControl.Testing.Time;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Tests.Polling;

public sealed class KeepAliveWheelTests : IAsyncLifetime
{
    // What is promised to clients, which give up after 120 seconds of silence.
    private const int Earliest = 50;
    private const int Latest = 60;

    private readonly ManualTimeProvider _time = new();
    private readonly MapFrameWriter _frames = new(new ZstdCompressor());
    private readonly ServerMetrics _metrics = new(TimeProvider.System);
    private readonly KeepAliveWheel _wheel;
    private AdminHarness? _tailnet;
    private MapSession? _session;

    public KeepAliveWheelTests() => _wheel = new KeepAliveWheel(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _tailnet = await AdminHarness.StartAsync(nodes: 1);
        _session = await _tailnet.Tailnet.Sessions.OpenAsync(_tailnet.Tailnet.Snapshot.Nodes.First(), 138, Token);
    }

    public async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        await _wheel.DisposeAsync();
        await _tailnet!.DisposeAsync();
    }

    [Fact]
    [Trait("Acceptance", "TestConnectionEntry_SendFastPath_TimerStopped")]
    public async Task Turn_SilentStreams_AreAskedOnceInEachInterval()
    {
        const int Streams = 500;
        const int Seconds = 1000;
        var streams = Enumerable.Range(0, Streams).Select(_ => NewStream()).ToArray();
        var last = new int[Streams];
        var asked = new int[Streams];
        Array.ForEach(streams, _wheel.Add);

        for (var second = 1; second <= Seconds; second++)
        {
            await TurnAsync();
            for (var i = 0; i < Streams; i++)
            {
                if (streams[i].TakeKeepAlive())
                {
                    Assert.InRange(second - last[i], Earliest, Latest);
                    await streams[i].WriteKeepAliveAsync(Token);
                    last[i] = second;
                    asked[i]++;
                }

                Assert.InRange(second - last[i], 0, Latest);
            }
        }

        Assert.All(asked, count => Assert.InRange(count, Seconds / Latest, Seconds / Earliest));
        Assert.Equal(1, _time.PendingTimers);
    }

    [Fact]
    public async Task Turn_StreamsOfOneMoment_AreSpread()
    {
        const int Streams = 1000;
        var streams = Enumerable.Range(0, Streams).Select(_ => NewStream()).ToArray();
        Array.ForEach(streams, _wheel.Add);
        var perSecond = new List<int>();

        for (var second = 1; second <= Latest; second++)
        {
            await TurnAsync();
            perSecond.Add(streams.Count(stream => stream.TakeKeepAlive()));
        }

        Assert.Equal(Streams, perSecond.Sum());
        Assert.InRange(perSecond.Max(), 1, Streams / 5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(49)]
    [Trait("Acceptance", "TestConnectionEntry_SendUpdatesLastUsed")]
    public async Task Turn_StreamThatWrites_IsAskedOnlyWhenItFallsSilent(int pause)
    {
        const int Seconds = 400;
        var stream = NewStream();
        _wheel.Add(stream);
        var last = 0;
        for (var second = 1; second <= Seconds; second++)
        {
            await TurnAsync();
            Assert.False(stream.TakeKeepAlive());
            if (second % pause == 0)
            {
                await stream.WriteKeepAliveAsync(Token);
                last = second;
            }
        }

        var silent = Seconds - last;
        while (!stream.TakeKeepAlive())
        {
            await TurnAsync();
            silent++;
            Assert.InRange(silent, 0, Latest);
        }

        Assert.InRange(silent, Earliest, Latest);
    }

    [Fact]
    public async Task Turn_StreamThatCannotWrite_IsAskedAgain()
    {
        var stream = NewStream();
        _wheel.Add(stream);
        var asked = 0;

        for (var second = 1; second <= 3 * Latest; second++)
        {
            await TurnAsync();
            asked += stream.TakeKeepAlive() ? 1 : 0;
        }

        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task Turn_Asking_WakesTheSession()
    {
        var stream = NewStream();
        _wheel.Add(stream);
        await DrainAsync();
        var waiting = _session!.WaitAsync(Token);

        for (var second = 1; second <= Latest; second++)
        {
            await TurnAsync();
        }

        await waiting;
        Assert.True(stream.TakeKeepAlive());
    }

    [Fact]
    public async Task Remove_AnyTime_IsNeverAskedAgain()
    {
        var removed = NewStream();
        var kept = NewStream();
        _wheel.Add(removed);
        _wheel.Add(kept);
        for (var second = 1; second <= 30; second++)
        {
            await TurnAsync();
        }

        _wheel.Remove(removed);
        _wheel.Remove(removed);

        for (var second = 31; second <= 3 * Latest; second++)
        {
            await TurnAsync();
        }

        Assert.False(removed.TakeKeepAlive());
        Assert.True(kept.TakeKeepAlive());
    }

    [Fact]
    public async Task Remove_NeverAdded_DoesNothing()
    {
        _wheel.Remove(NewStream());

        await TurnAsync();

        Assert.Equal(1, _wheel.Seconds);
    }

    [Fact]
    [Trait("Acceptance", "TestBatcher_CloseStopsTicker")]
    public async Task DisposeAsync_Turning_Stops()
    {
        var time = new ManualTimeProvider();
        var wheel = new KeepAliveWheel(time);
        Assert.Equal(1, time.PendingTimers);

        await wheel.DisposeAsync();

        Assert.Equal(0, time.PendingTimers);
    }

    private MapStream NewStream() => new(_session!, _frames, _wheel, _metrics, new DefaultHttpContext().Response, compress: true);

    /// <summary>Lets a second pass, and waits until the wheel has dealt with it.</summary>
    private async Task TurnAsync()
    {
        var next = _wheel.Seconds + 1;
        _time.Advance(TimeSpan.FromSeconds(1));
        while (_wheel.Seconds != next)
        {
            await Task.Yield();
            Token.ThrowIfCancellationRequested();
        }

        // It counts first and asks then, all under one lock, which this takes.
        _wheel.Remove(NewStream());
    }

    /// <summary>Takes the signals that were given before.</summary>
    private async Task DrainAsync()
    {
        _session!.Wake();
        await _session.WaitAsync(Token);
    }
}
