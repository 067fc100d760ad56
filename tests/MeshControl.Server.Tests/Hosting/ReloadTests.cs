using MeshControl.Policy.Approval;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Tests.RelayMaps;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Tests.Hosting;

/// <summary>What a running server takes over from a changed configuration.</summary>
public sealed class ReloadTests : IAsyncDisposable
{
    private readonly ServerBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reload_ReloadableKeys_CountAtOnce()
    {
        await _bench.StartAsync();
        var options = _bench.Options with
        {
            Dns = _bench.Options.Dns with { SearchDomains = ["corp.test"] },
            Node = new NodeOptions
            {
                Expiry = TimeSpan.FromDays(1),
                EphemeralInactivityTimeout = TimeSpan.FromHours(1),
                ApprovalRequired = true,
                ApprovalExempt = ["ada@"],
            },
            Features = _bench.Options.Features with { Taildrop = false },
        };

        Assert.True(await ReloadAsync(options));

        var settings = _bench.Server!.ControlPlane.Default.Snapshot.Settings;
        Assert.Equal(["corp.test"], settings.Dns.SearchDomains);
        Assert.Equal((TimeSpan.FromDays(1), TimeSpan.FromHours(1)), (settings.NodeExpiry, settings.EphemeralTimeout));
        Assert.True(settings.ApprovalRequired);
        Assert.NotSame(ApprovedDevices.None, settings.Approved);
        Assert.False(settings.Taildrop);
        Assert.Empty(_bench.Log.Entries);
    }

    [Fact]
    public async Task Reload_OtherKeys_AreNamedEachTimeAndStay()
    {
        await _bench.StartAsync();
        var options = _bench.Options with
        {
            ServerUrl = new Uri("http://127.0.0.2:1"),
            Dns = _bench.Options.Dns with { BaseDomain = "other.test", SearchDomains = ["corp.test"] },
            Database = _bench.Options.Database with { Postgres = new PostgresOptions { Password = new Secret("hush") } },
        };

        Assert.True(await ReloadAsync(options));
        Assert.True(await ReloadAsync(options));

        var settings = _bench.Server!.ControlPlane.Default.Snapshot.Settings;
        Assert.Equal((_bench.Options.Dns.BaseDomain, "corp.test"), (settings.BaseDomain, Assert.Single(settings.Dns.SearchDomains)));
        Assert.Equal(2, _bench.Log.Entries.Count);
        Assert.All(_bench.Log.Entries, entry =>
        {
            Assert.Equal(LogLevel.Warning, entry.Level);
            Assert.Contains("server_url", entry.Text, StringComparison.Ordinal);
            Assert.Contains("dns.base_domain", entry.Text, StringComparison.Ordinal);
            Assert.Contains("database.postgres.pass", entry.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("dns.search_domains", entry.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("hush", entry.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Reload_WrongConfiguration_LogsEveryProblemAndChangesNothing()
    {
        await _bench.StartAsync();
        var before = _bench.Server!.ControlPlane.Default.Snapshot.Settings;
        ConfigurationProblem[] problems = [new("a", default, "One.", ""), new("b", default, "Two.", "")];

        Assert.False(await _bench.Server.ReloadAsync(new ConfigurationResult { Errors = problems }, Token));

        Assert.Same(before, _bench.Server.ControlPlane.Default.Snapshot.Settings);
        Assert.Equal(["a: One.", "b: Two."], _bench.Log.Entries.Select(entry => entry.Text).Take(2));
        Assert.Equal(3, _bench.Log.Entries.Count);
    }

    [Fact]
    public async Task Reload_NothingChanged_TouchesNothing()
    {
        await _bench.StartAsync();
        var before = _bench.Server!.ControlPlane.Default.Snapshot;

        Assert.True(await ReloadAsync(_bench.Options));

        Assert.Same(before, _bench.Server.ControlPlane.Default.Snapshot);
        Assert.Empty(_bench.Log.Entries);
    }

    [Fact]
    public async Task Reload_ChangedFileOfARelayMap_CountsAtOnceAndIsNoChangedKey()
    {
        var path = _bench.InDirectory("relays.yaml");
        await File.WriteAllTextAsync(path, "regions: {901: {nodes: [{name: 901a, hostname: a.example}]}}", Token);
        var derp = _bench.Options.Derp with { Paths = [path], Files = [MapBench.Map(MapBench.Region(900, "900a"))] };
        _bench.Options = _bench.Options with { Derp = derp with { Server = derp.Server with { Enabled = false } } };
        await _bench.StartAsync();
        Assert.Equal([900], Regions());

        Assert.True(await ReloadAsync(_bench.Options with
        {
            Derp = _bench.Options.Derp with { Files = [MapBench.Map(MapBench.Region(901, "901a"))] },
        }));

        Assert.Equal([901], Regions());
        Assert.Empty(_bench.Log.Entries);
        Assert.DoesNotContain(_bench.Details.Entries, entry => entry.Text.Contains("nothing has changed", StringComparison.Ordinal));

        IEnumerable<int> Regions() => _bench.Server!.ControlPlane.Default.Snapshot.Settings.DerpMap.Regions!.Keys;
    }

    // The list in the documentation is what operators go by.
    [Fact]
    public void Reloadable_Keys_AreThoseOfTheDocumentation()
    {
        var text = Configuration.Reference.RepositoryFile("docs/operations/configuration.md");
        var section = text[text.IndexOf("## Reloading", StringComparison.Ordinal)..];
        var list = section[section.IndexOf("- `", StringComparison.Ordinal)..section.IndexOf("\n\nA changed", StringComparison.Ordinal)];
        var documented = list.Split('`').Where((_, index) => index % 2 == 1);

        Assert.Equal(
            KeyTable.All.OfType<UsedKey>().Where(key => key.IsReloadable).Select(key => key.Path).Order(StringComparer.Ordinal),
            documented.Order(StringComparer.Ordinal));
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private Task<bool> ReloadAsync(ServerOptions options) =>
        _bench.Server!.ReloadAsync(new ConfigurationResult { Options = options }, Token);
}
