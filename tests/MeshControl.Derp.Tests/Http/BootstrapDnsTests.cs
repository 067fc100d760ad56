using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using MeshControl.Derp.Http;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Derp.Tests.Http;

public sealed class BootstrapDnsTests
{
    private readonly ManualTimeProvider _time = new();

    // Each name that is looked up, in order, taken by the test.
    private readonly Channel<string> _asked = Channel.CreateUnbounded<string>();

    // One for each time that the loop is done and waits.
    private readonly Channel<bool> _waits = Channel.CreateUnbounded<bool>();

    private Func<string, CancellationToken, Task<IPAddress[]>> _resolve = (_, _) => Task.FromResult<IPAddress[]>([]);
    private IReadOnlyList<BootstrapHost> _hosts = [];

    [Fact]
    public async Task Answer_AfterTheFirstLookUp_IsAllNamesOrTheOneAskedFor()
    {
        _hosts = [Host("relay.example.com", "203.0.113.5"), Host("control.example.com")];
        _resolve = Names(("relay.example.com", "2001:db8::1"), ("control.example.com", "203.0.113.6"));
        await using var site = await StartAsync();
        await LookedUpAsync(2);

        var all = await AskAsync(site, "");
        Assert.Equal(["control.example.com", "relay.example.com"], all.Keys);
        Assert.Equal(["203.0.113.6"], all["control.example.com"]);
        Assert.Equal(["2001:db8::1", "203.0.113.5"], all["relay.example.com"].Order(StringComparer.Ordinal));

        Assert.Equal("control.example.com", Assert.Single(await AskAsync(site, "?q=control.example.com")).Key);
        Assert.Equal("control.example.com", Assert.Single(await AskAsync(site, "?q=CONTROL.example.com")).Key);
    }

    [Fact]
    public async Task Answer_Always_ClosesTheConnectionAndIsJson()
    {
        await using var site = await StartAsync();
        var answer = await site.ExchangeAsync("GET /bootstrap-dns HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n{}", answer, StringComparison.Ordinal);

        using var head = await site.SendAsync("HEAD", "/bootstrap-dns");
        Assert.Equal(2, head.Content.Headers.ContentLength);
        using var post = await site.SendAsync("POST", "/bootstrap-dns");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    // Names are looked up because they are configured, never because somebody asks: neither an unknown one nor a known one again.
    [Theory]
    [InlineData("?q=intranet.example.com")]
    [InlineData("?q=relay.example.com")]
    [InlineData("?q=")]
    [InlineData("?q=a&q=b")]
    [InlineData("?q=%22%7d%00")]
    public async Task Question_OfAStranger_CausesNoLookUp(string query)
    {
        _hosts = [Host("relay.example.com")];
        _resolve = Names(("relay.example.com", "203.0.113.5"));
        await using var site = await StartAsync();
        await LookedUpAsync(1);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(["relay.example.com"], (await AskAsync(site, query)).Keys);
        }

        Assert.False(_asked.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Refresh_EveryTenMinutesOrWhenTold_LooksUpTheNamesOfThen()
    {
        _hosts = [Host("old.example.com")];
        _resolve = Names(("old.example.com", "203.0.113.5"), ("new.example.com", "203.0.113.6"));
        await using var site = await StartAsync();
        await LookedUpAsync(1);

        _hosts = [Host("new.example.com")];
        _time.Advance(BootstrapDns.RefreshInterval - TimeSpan.FromTicks(1));
        Assert.Equal(["old.example.com"], (await AskAsync(site, "")).Keys);
        _time.Advance(TimeSpan.FromTicks(1));
        await LookedUpAsync(1);
        Assert.Equal(["new.example.com"], (await AskAsync(site, "")).Keys);

        _hosts = [Host("old.example.com")];
        site.Dns.Refresh();
        await LookedUpAsync(1);
        Assert.Equal(["old.example.com"], (await AskAsync(site, "")).Keys);
    }

    [Fact]
    public async Task Refresh_NameOrMapFails_KeepsWhatWasKnown()
    {
        _hosts = [Host("relay.example.com")];
        _resolve = Names(("relay.example.com", "203.0.113.5"));
        await using var site = await StartAsync();
        await LookedUpAsync(1);

        _resolve = (_, _) => throw new SocketException((int)SocketError.HostNotFound);
        site.Dns.Refresh();
        await LookedUpAsync(1);
        Assert.Equal(["203.0.113.5"], (await AskAsync(site, ""))["relay.example.com"]);

        _hosts = null!;
        site.Dns.Refresh();
        await WaitsAsync();
        Assert.Equal(["203.0.113.5"], (await AskAsync(site, ""))["relay.example.com"]);
    }

    [Fact]
    public async Task Refresh_NameServiceHangs_IsGivenUpAndTheOthersAreThere()
    {
        _hosts = [Host("hangs.example.com", "203.0.113.7"), Host("relay.example.com")];
        var names = Names(("relay.example.com", "203.0.113.5"));
        _resolve = (name, token) => name == "hangs.example.com" ? new TaskCompletionSource<IPAddress[]>().Task : names(name, token);
        await using var site = await StartAsync();
        await _asked.Reader.ReadAsync();
        await _asked.Reader.ReadAsync();

        _time.Advance(BootstrapDns.LookupTimeout - TimeSpan.FromTicks(1));
        Assert.Empty(await AskAsync(site, ""));
        _time.Advance(TimeSpan.FromTicks(1));
        await WaitsAsync();

        var all = await AskAsync(site, "");
        Assert.Equal(["203.0.113.5"], all["relay.example.com"]);
        Assert.Equal(["203.0.113.7"], all["hangs.example.com"]);
    }

    // Each look-up that hangs holds a thread: no more than so many, however many names there are and however often they are due.
    [Fact]
    public async Task Refresh_NameServiceHangsForAll_HasNoMoreThanTheLimitUnderWay()
    {
        _hosts = [.. Enumerable.Range(0, BootstrapDns.MaxLookups + 1).Select(i => Host($"r{i}.example.com"))];
        var answer = new TaskCompletionSource<IPAddress[]>();
        _resolve = (_, _) => answer.Task;
        await using var site = await StartAsync();
        for (var i = 0; i < BootstrapDns.MaxLookups; i++)
        {
            await _asked.Reader.ReadAsync();
        }

        for (var round = 0; round < 2; round++)
        {
            await GiveUpAsync();
            Assert.False(_asked.Reader.TryRead(out _));
            site.Dns.Refresh();
        }

        await GiveUpAsync();
        answer.SetResult([IPAddress.Parse("203.0.113.5")]);
        site.Dns.Refresh();
        await LookedUpAsync(BootstrapDns.MaxLookups + 1);
        Assert.Equal(BootstrapDns.MaxLookups + 1, (await AskAsync(site, "")).Count);

        // As many names as may be under way, then the last one.
        async Task GiveUpAsync()
        {
            foreach (var waiting in new[] { BootstrapDns.MaxLookups, 1 })
            {
                while (_time.PendingTimers != waiting)
                {
                    await Task.Yield();
                }

                _time.Advance(BootstrapDns.LookupTimeout);
            }

            await WaitsAsync();
        }
    }

    // A host's own file of names often says 127.0.1.1 for its name: a client that believes that asks itself.
    [Fact]
    public async Task Addresses_ThatLeadAClientNowhere_AreLeftOut()
    {
        _hosts = [Host("relay.example.com"), Host("self.example.com")];
        _resolve = Names(
            ("relay.example.com", "127.0.1.1 ::1 0.0.0.0 :: fe80::1 169.254.1.1 224.0.0.1 255.255.255.255 ff02::1 10.1.2.3 fd00::1 203.0.113.5 203.0.113.5"),
            ("self.example.com", "127.0.1.1"));
        await using var site = await StartAsync();
        await LookedUpAsync(2);

        var all = await AskAsync(site, "");
        Assert.Equal(["relay.example.com"], all.Keys);
        Assert.Equal(["10.1.2.3", "203.0.113.5", "fd00::1"], all["relay.example.com"].Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Names_OneMoreThanTheLimit_IsLeftOut()
    {
        _hosts = [.. Enumerable.Range(0, BootstrapDns.MaxNames + 1).Select(i => Host($"r{i}.example.com", "203.0.113.5"))];
        await using var site = await StartAsync();
        await LookedUpAsync(BootstrapDns.MaxNames);

        Assert.Equal(BootstrapDns.MaxNames, (await AskAsync(site, "")).Count);
        Assert.False(_asked.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Addresses_OneMoreThanTheLimit_IsLeftOut()
    {
        _hosts = [Host("relay.example.com")];
        _resolve = Names(
            ("relay.example.com", string.Join(' ', Enumerable.Range(1, BootstrapDns.MaxAddresses + 1).Select(i => $"203.0.113.{i}"))));
        await using var site = await StartAsync();
        await LookedUpAsync(1);

        Assert.Equal(BootstrapDns.MaxAddresses, (await AskAsync(site, ""))["relay.example.com"].Length);
    }

    [Fact]
    public async Task Dispose_WhileTheNameServiceHangs_Ends()
    {
        _hosts = [Host("hangs.example.com")];
        _resolve = (_, _) => new TaskCompletionSource<IPAddress[]>().Task;
        await using var site = await StartAsync();
        await _asked.Reader.ReadAsync();
    }

    [Fact]
    public void Hosts_OfAMap_AreItsNamesWithTheirAddresses()
    {
        var map = new DerpMap
        {
            Regions = WireMap.CopyOf<int, DerpRegion?>(
            [
                new(1, new DerpRegion
                {
                    RegionId = 1,
                    Nodes =
                    [
                        new DerpNode { Name = "1a", HostName = "a.example.com", Ipv4 = "203.0.113.5", Ipv6 = "none" },
                        new DerpNode { Name = "1b", HostName = "b.example.com", Ipv6 = "2001:db8::1" },
                        new DerpNode { Name = "1c", HostName = "203.0.113.9" },
                        new DerpNode { Name = "1d" },
                    ],
                }),
                new(2, null),
                new(3, new DerpRegion { RegionId = 3 }),
            ]),
        };

        Assert.Equal(
            ["a.example.com 203.0.113.5", "b.example.com 2001:db8::1"],
            BootstrapHost.Of(map).Select(host => $"{host.Name} {string.Join(' ', host.Addresses)}"));
    }

    private static BootstrapHost Host(string name, params string[] addresses) => new(name, [.. addresses.Select(IPAddress.Parse)]);

    private static Func<string, CancellationToken, Task<IPAddress[]>> Names(params (string Name, string Addresses)[] names) =>
        (name, _) => Task.FromResult(names.Single(entry => entry.Name == name).Addresses.Split(' ').Select(IPAddress.Parse).ToArray());

    private static async Task<Dictionary<string, string[]>> AskAsync(DerpSite site, string query)
    {
        using var json = JsonDocument.Parse(await site.Client.GetByteArrayAsync("/bootstrap-dns" + query));
        return json.RootElement.EnumerateObject().ToDictionary(
            entry => entry.Name, entry => entry.Value.EnumerateArray().Select(address => address.GetString()!).ToArray());
    }

    private async Task<DerpSite> StartAsync()
    {
        var dns = new BootstrapDns(() => _hosts, ResolveAsync, _time, NullLoggerFactory.Instance);
        dns.Waiting = () => _waits.Writer.TryWrite(true);
        var site = await DerpSite.StartAsync(dns);
        dns.Start();
        return site;

        Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken)
        {
            _asked.Writer.TryWrite(name);
            return _resolve(name, cancellationToken);
        }
    }

    /// <summary>Takes so many look-ups, and waits until what they found is there.</summary>
    private async Task LookedUpAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _asked.Reader.ReadAsync();
        }

        await WaitsAsync();
    }

    private async Task WaitsAsync() => await _waits.Reader.ReadAsync();
}
