using System.Globalization;
using MeshControl.Server.Processes;
using MeshControl.Testing.Time;

namespace MeshControl.Server.Tests.Processes;

public sealed class ServiceManagerTests
{
    private const int ProcessId = 4711;

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_GoToTheSocketInTheVariable(bool isAbstract)
    {
        using var socket = new NotifySocket(isAbstract);
        using var manager = Create(("NOTIFY_SOCKET", socket.Path));

        manager.Ready("Serving");
        manager.Reloading();
        manager.Stopping();
        manager.Alive();

        Assert.Equal(["READY=1", "STATUS=Serving"], await socket.ReceiveAsync());
        var reloading = await socket.ReceiveAsync();
        Assert.Equal("RELOADING=1", reloading[0]);
        Assert.Equal($"MONOTONIC_USEC={_time.GetTimestamp() / TimeSpan.TicksPerMicrosecond}", reloading[1]);
        Assert.Equal("STOPPING=1", (await socket.ReceiveAsync())[0]);
        Assert.Equal(["WATCHDOG=1"], await socket.ReceiveAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("relative")]
    [InlineData("vsock:2:1234")]
    [InlineData("/no/such/socket")]
    [InlineData("@no-such-name-4711")]
    public void Messages_NobodyThere_AreDropped(string? path)
    {
        using var manager = path is null ? Create() : Create(("NOTIFY_SOCKET", path));

        manager.Ready("Serving");
        manager.Stopping();
    }

    [Fact]
    public void Messages_PathIsTooLong_AreDropped()
    {
        using var manager = Create(("NOTIFY_SOCKET", "/" + new string('x', 200)));

        manager.Ready("Serving");
    }

    [Fact]
    public void Messages_NobodyReads_SenderDoesNotWait()
    {
        using var socket = new NotifySocket();
        using var manager = Create(("NOTIFY_SOCKET", socket.Path));

        for (var i = 0; i < 10_000; i++)
        {
            manager.Alive();
        }
    }

    [Theory]
    [InlineData("30000000", null, 30.0)]
    [InlineData("30000000", "4711", 30.0)]
    [InlineData("30000000", "4712", null)]
    [InlineData("0", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("soon", null, null)]
    [InlineData("9223372036854775807", null, null)]
    public void Watchdog_AsTheVariablesSay(string microseconds, string? process, double? seconds)
    {
        using var socket = new NotifySocket();
        using var manager = Create(
            ("NOTIFY_SOCKET", socket.Path), ("WATCHDOG_USEC", microseconds), ("WATCHDOG_PID", process ?? ""));

        Assert.Equal(seconds, manager.WatchdogTimeout?.TotalSeconds);
    }

    [Theory]
    [InlineData(ServiceManager.MinWatchdogMicroseconds, true)]
    [InlineData(ServiceManager.MinWatchdogMicroseconds - 1, false)]
    [InlineData(ServiceManager.MaxWatchdogMicroseconds, true)]
    [InlineData(ServiceManager.MaxWatchdogMicroseconds + 1, false)]
    public async Task Watchdog_TimesThatNoTimerKeeps_AreNone(long microseconds, bool kept)
    {
        using var socket = new NotifySocket();
        using var manager = Create(("NOTIFY_SOCKET", socket.Path), ("WATCHDOG_USEC", microseconds.ToString(CultureInfo.InvariantCulture)));

        Assert.Equal(kept, manager.WatchdogTimeout is not null);
        await using var watchdog = new Watchdog(manager, () => true, _time, new Rpc.LogCollector());
    }

    [Fact]
    public async Task Watchdog_Alive_SpeaksTwiceInTheTime()
    {
        using var socket = new NotifySocket();
        using var manager = Create(("NOTIFY_SOCKET", socket.Path), ("WATCHDOG_USEC", "30000000"));
        var alive = true;
        var log = new Rpc.LogCollector();
        await using var watchdog = new Watchdog(manager, () => Volatile.Read(ref alive), _time, log);
        Assert.Equal(["WATCHDOG=1"], await socket.ReceiveAsync());

        await TickAsync();
        Assert.Equal(["WATCHDOG=1"], await socket.ReceiveAsync());
        Volatile.Write(ref alive, false);
        await TickAsync();
        while (log.Entries.Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        // What comes next is from when it was alive again.
        Volatile.Write(ref alive, true);
        manager.Stopping();
        await TickAsync();
        Assert.Equal("STOPPING=1", (await socket.ReceiveAsync())[0]);
        Assert.Equal(["WATCHDOG=1"], await socket.ReceiveAsync());

        async Task TickAsync()
        {
            while (_time.PendingTimers == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            _time.Advance(TimeSpan.FromSeconds(15));
        }
    }

    private ServiceManager Create(params (string Name, string Value)[] variables) =>
        new(variables.ToDictionary(variable => variable.Name, variable => variable.Value), ProcessId, _time);
}
