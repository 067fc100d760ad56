using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration;
using MeshControl.Testing.Netmaps;

namespace MeshControl.FunctionalTests.Maps;

/// <summary>What nodes notice of the places that the relay map comes from.</summary>
public sealed class RelayMapTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestDERPServerScenario/map_refresh")]
    public async Task Refresh_AgainAndAgain_TellsNodesOnlyOfChanges()
    {
        await using var host = new TextHost(Map(1, "1a"));
        await using var server = await TestServer.StartAsync(
            configure: options => options with { Derp = options.Derp with { Urls = [host.Url] } });
        var key = await server.CreateUserWithKeyAsync("ada");
        var one = await server.JoinAsync("one", key);
        Assert.Equal([1, TestServer.DerpRegion], Regions(one.Netmap));
        var seen = one.Traffic.MessagesReceived;

        for (var i = 0; i < 3; i++)
        {
            await RefreshAsync(server, host);
        }

        host.Say(Map(2, "2a"));
        await RefreshAsync(server, host);
        await one.WaitForAsync(map => Regions(map).SequenceEqual([2, TestServer.DerpRegion]));

        // Messages arrive in order: one of the refreshes before would have been seen first.
        Assert.Equal(seen + 1, one.Traffic.MessagesReceived);
        Assert.Contains("\"DERPMap\"", one.Traffic.Messages[^1].Text, StringComparison.Ordinal);
        Assert.Equal((1, 1), (one.Traffic.Streams, server.CountLog(4602)));
    }

    [Fact]
    public async Task Refresh_MapThatRemovesARegion_TakesItFromTheNodes()
    {
        await using var host = new TextHost(Map(1, "1a"));
        await using var server = await TestServer.StartAsync(
            configure: options => options with { Derp = options.Derp with { Urls = [host.Url] } });
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("ada"));

        host.Say($"regions: {{{TestServer.DerpRegion}: null, 1: {{nodes: [{{name: 1a, hostname: 1a.example}}]}}}}");
        await RefreshAsync(server, host);

        await one.WaitForAsync(map => Regions(map).SequenceEqual([1]));

        // The page follows the nodes, and comes a moment later.
        using var http = new HttpClient();
        DerpMap? served = null;
        for (var i = 0; i < 1000 && served != one.Netmap.Derp; i++)
        {
            served = ControlJson.Parse<DerpMap>(await http.GetByteArrayAsync(new Uri(server.Url, "/derpmap/default"), Token));
        }

        Assert.Equal(one.Netmap.Derp, served);
    }

    /// <summary>A reload asks the URLs, too.</summary>
    private static async Task RefreshAsync(TestServer server, TextHost host)
    {
        var asked = host.WaitForRequestAsync(Token);
        Assert.True(await server.Server.ReloadAsync(new ConfigurationResult { Options = server.Options }, Token));
        await asked;
    }

    private static IEnumerable<int> Regions(Netmap map) => map.Derp!.Regions!.Keys;

    private static string Map(int region, string node) => $"regions: {{{region}: {{nodes: [{{name: {node}, hostname: {node}.example}}]}}}}";
}
