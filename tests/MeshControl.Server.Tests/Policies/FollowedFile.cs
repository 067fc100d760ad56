using System.Net;
using MeshControl.Core.Addresses;
using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Server.Policies;
using MeshControl.Server.Tests.Admin;
using MeshControl.Server.Tests.Rpc;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Tests.Policies;

/// <summary>A tailnet in file mode, a file that is what the test says, and what follows it.</summary>
internal sealed class FollowedFile : IAsyncDisposable
{
    public const string Path = "/etc/acl.hujson";

    public const string Open = """{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}""";

    public const string Closed = """{"acls": []}""";

    /// <summary>The second line is wrong.</summary>
    public const string Wrong = "{\n  \"acls\": [{\"action\": \"accept\", \"src\": [\"nobody\"], \"dst\": [\"*:*\"]}],\n}";

    /// <summary>Its own test fails.</summary>
    public const string Untrue =
        """{"hosts": {"one": "100.64.0.1", "two": "100.64.0.2"}, "acls": [], "tests": [{"src": "one", "accept": ["two:22"]}]}""";

    private readonly ILoggerFactory _loggers;
    private readonly ControlPlane _plane;
    private int _reads;

    private FollowedFile(ControlPlane plane, MemoryStore store, LogCollector log, ILoggerFactory loggers)
    {
        (_plane, Store, Log, _loggers) = (plane, store, log, loggers);
        Follower = new PolicyFileFollower(Path, Read, Policies, TimeProvider.System, loggers.CreateLogger("test"));
    }

    public PolicyFileFollower Follower { get; }

    public MemoryStore Store { get; }

    /// <summary>From level information on.</summary>
    public LogCollector Log { get; }

    public PolicyService Policies => _plane.Default.Policies;

    /// <summary>What there is to read.</summary>
    public PolicyFileReading Content { get; set; } = new(null, "there is no such file");

    public int Reads => Volatile.Read(ref _reads);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="stored">The text that was accepted last, or null.</param>
    public static async Task<FollowedFile> CreateAsync(string? stored = null)
    {
        var store = new MemoryStore(new StoredTailnet(new TailnetId(1), "default", 0)
        {
            Policy = stored is null ? null : new StoredPolicy(3, stored, new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.Zero), "somebody"),
        });
        var settings = new TailnetSettings
        {
            BaseDomain = "mesh.test",
            Addresses = new AddressPlan(IPNetwork.Parse("100.64.0.0/10"), null, AddressStrategy.Sequential),
            PolicyMode = PolicyMode.File,
            PolicyPath = Path,
        };
        var log = new LogCollector(LogLevel.Information);
        var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var plane = await ControlPlane.StartAsync(store, settings, new ManualTimeProvider(), loggers, Cancel);
        return new FollowedFile(plane, store, log, loggers);
    }

    public void Say(string text) => Content = new PolicyFileReading(text, null);

    /// <summary>Two looks: then whatever is there counts.</summary>
    public async Task LookTwiceAsync()
    {
        await Follower.LookAsync(Cancel);
        await Follower.LookAsync(Cancel);
    }

    /// <summary>Texts of warnings and errors.</summary>
    public string[] Complaints() => [.. Log.Entries.Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Text)];

    public async ValueTask DisposeAsync()
    {
        Follower.Dispose();
        await _plane.DisposeAsync();
        _loggers.Dispose();
    }

    private PolicyFileReading Read(string path)
    {
        Assert.Equal(Path, path);
        Interlocked.Increment(ref _reads);
        return Content;
    }
}
