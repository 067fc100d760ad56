using System.Text;
using MeshControl.Protocol.Control;
using MeshControl.Server.RelayMaps;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Tests.RelayMaps;

/// <summary>Where the relay map comes from, and what happens when a source changes or fails.</summary>
public sealed class RelayMapServiceTests : IAsyncDisposable
{
    private readonly MapBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_AllKindsOfSources_AreMergedInTheirOrder()
    {
        await using var host = await MapHost.StartAsync();
        host.Say("""{"Regions": {"1": {"Nodes": [{"Name": "1u", "HostName": "u.example"}]}, "2": {"Nodes": [{"Name": "2u", "HostName": "u.example"}]}, "3": null}}""");
        var options = MapBench.Options(host.Url()) with
        {
            Map = MapBench.Map(MapBench.Region(1, "1i"), MapBench.Region(3, "3i"), MapBench.Region(4, "4i")),
            Paths = ["/relays.yaml"],
            Files = [MapBench.Map(MapBench.Region(2, "2f"), MapBench.Region(999, "999f"))],
        };
        _bench.Files["/relays.yaml"] = "regions: {2: {nodes: [{name: 2f, hostname: 2f.example}]}, 999: {nodes: [{name: 999f, hostname: f.example}]}}";

        var maps = await _bench.StartAsync(options, own: MapBench.Region(999, "999"));

        Assert.Equal(["1u", "2f", "4i", "999"], maps.Current.Map.Regions!.Values.Select(region => region!.Nodes![0].Name));
        Assert.Equal([host.Url().AbsoluteUri, "/relays.yaml", "derp.map", "derp.server"], maps.Current.Origins.Values);
        Assert.Equal(
            [MapSourceKind.Configuration, MapSourceKind.Url, MapSourceKind.File, MapSourceKind.OwnRelay],
            maps.Status.Select(source => source.Kind));
        Assert.All(maps.Status, source => Assert.Null(source.Problem));
        Assert.Empty(_bench.Warnings);
    }

    [Fact]
    public async Task Refresh_NothingChanged_PublishesNothing()
    {
        await using var host = await MapHost.StartAsync();
        host.Say(MapBench.Text(1, "1a"));
        var maps = await _bench.StartAsync(MapBench.Options(host.Url()));
        var before = maps.Current;

        // The same content in another form.
        host.Say("regions:\n  1:\n    nodes: [{hostname: 1a.example, name: 1a}]\n");
        await maps.RefreshAsync(Token);

        Assert.Equal(2, host.Requests.Count);
        Assert.Empty(_bench.Published);
        Assert.Equal(before.Tag, maps.Current.Tag);
    }

    [Fact]
    public async Task Refresh_Changed_PublishesOnce()
    {
        await using var host = await MapHost.StartAsync();
        host.Say(MapBench.Text(1, "1a"));
        var maps = await _bench.StartAsync(MapBench.Options(host.Url()));

        host.Say(MapBench.Text(2, "2a"));
        await maps.RefreshAsync(Token);
        await maps.RefreshAsync(Token);

        Assert.Equal([2], Assert.Single(_bench.Published).Regions!.Keys);
    }

    [Fact]
    public async Task Refresh_NodesInAnotherOrder_ChangeNothingAndFilesKeepTheirs()
    {
        await using var host = await MapHost.StartAsync();
        string[] names = ["1a", "1b", "1c", "1d"];
        host.Say(Yaml(names));
        _bench.Files["/r.yaml"] = "regions: {5: {nodes: [{name: 5z, hostname: z.example}, {name: 5a, hostname: a.example}]}}";
        var maps = await _bench.StartAsync(MapBench.Options(host.Url()) with { Paths = ["/r.yaml"] });
        var order = maps.Current.Map.Regions![1]!.Nodes;

        host.Say(Yaml([.. names.Reverse()]));
        await maps.RefreshAsync(Token);

        Assert.Empty(_bench.Published);
        Assert.Equal(order, maps.Current.Map.Regions![1]!.Nodes);
        Assert.Equal(["5z", "5a"], maps.Current.Map.Regions[5]!.Nodes!.Select(node => node.Name));

        static string Yaml(string[] names) =>
            $"regions: {{1: {{nodes: [{string.Join(", ", names.Select(name => $"{{name: {name}, hostname: {name}.example}}"))}]}}}}";
    }

    [Fact]
    public async Task Refresh_SourceFailsAndRecovers_KeepsItsPartAndIsLoggedOnceEach()
    {
        await using var host = await MapHost.StartAsync();
        host.Say(MapBench.Text(1, "1a"));
        var maps = await _bench.StartAsync(MapBench.Options(host.Url()));

        host.Fail();
        await maps.RefreshAsync(Token);
        host.Say("not: [a map");
        await maps.RefreshAsync(Token);

        Assert.Equal([1], maps.Current.Map.Regions!.Keys);
        Assert.Contains("cannot be used: it answers 503. So what it said before stays in the map", Assert.Single(_bench.Warnings), StringComparison.Ordinal);
        Assert.Contains("This is not YAML", Assert.Single(maps.Status).Problem, StringComparison.Ordinal);

        host.Say(MapBench.Text(2, "2a"));
        await maps.RefreshAsync(Token);

        Assert.Null(Assert.Single(maps.Status).Problem);
        Assert.Single(_bench.Log.Entries, entry => entry.Text.Contains("can be used again", StringComparison.Ordinal));
        Assert.Equal([2], maps.Current.Map.Regions!.Keys);
    }

    public static TheoryData<string, string> Useless => new()
    {
        { "<html><body>Please log in</body></html>", "a relay map is expected" },
        { "", "It is empty" },
        { "{}", "holds no region" },
        { "{\"Regions\": {}}", "holds no region" },
        { "{\"Regions\": {\"1\": {\"Nodes\": []}}}", "no nodes" },
        { "{\"Regions\": {\"70000\": null}}", "not the number of a region" },
        { "{\"Regions\": {\"1\": {\"Nodes\": [{\"Name\": \"1a\", \"HostName\": \"http://h.example\"}]}}}", "not the name of a host" },
        { "{\"Regions\": {\"1\": {\"Nodes\": [{\"Name\": \"900a\", \"HostName\": \"h.example\"}]}}}", "2 nodes are called 900a" },
        { "regions: &a [*a]", "not YAML" },
    };

    [Theory]
    [MemberData(nameof(Useless))]
    public async Task Start_AnswerThatIsNoMap_IsRefusedAsAWholeAndTheRestServes(string answer, string complaint)
    {
        await using var host = await MapHost.StartAsync();
        host.Say(answer);

        var maps = await _bench.StartAsync(MapBench.Options(host.Url()) with { Map = MapBench.Map(MapBench.Region(900, "900a")) });

        Assert.Equal([900], maps.Current.Map.Regions!.Keys);
        Assert.Contains(complaint, maps.Status[1].Problem, StringComparison.Ordinal);
        Assert.Contains("nothing of it is in the map", Assert.Single(_bench.Warnings), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_bench.Copies));
    }

    [Fact]
    public async Task Start_WithACopy_ServesItAtOnceWhileTheUrlHangs()
    {
        await using var host = await MapHost.StartAsync();
        host.Answer = context =>
        {
            context.Response.Headers.ETag = "\"one\"";
            context.Response.Headers.LastModified = "Sat, 01 Aug 2026 10:00:00 GMT";
            return context.Response.WriteAsync(MapBench.Text(1, "1a"));
        };
        await _bench.StartAsync(MapBench.Options(host.Url()));
        var asked = new TaskCompletionSource();
        host.Answer = async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };

        var again = await _bench.StartAsync(MapBench.Options(host.Url()));

        Assert.Equal([1], again.Current.Map.Regions!.Keys);
        await asked.Task.WaitAsync(Token);
        Assert.Equal(("\"one\"", "Sat, 01 Aug 2026 10:00:00 GMT"), (host.Requests.Last().IfNoneMatch, host.Requests.Last().IfModifiedSince));
        Assert.Empty(_bench.Warnings);
    }

    [Fact]
    public async Task Start_WithoutACopy_WaitsSoLongAndTakesTheMapWhenItComes()
    {
        await using var host = await MapHost.StartAsync();
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Answer = async context =>
        {
            asked.TrySetResult();
            await answer.Task;
            await context.Response.WriteAsync(MapBench.Text(1, "1a"), context.RequestAborted);
        };
        var maps = _bench.Create(MapBench.Options(host.Url()));

        var starting = maps.StartAsync(null, Token);
        await asked.Task.WaitAsync(Token);
        _bench.Time.Advance(RelayMapService.FirstMapTimeout - TimeSpan.FromTicks(1));
        Assert.False(starting.IsCompleted);
        _bench.Time.Advance(TimeSpan.FromTicks(1));
        await starting;

        Assert.Empty(maps.Current.Map.Regions!);
        Assert.Contains("did not come within", Assert.Single(_bench.Warnings), StringComparison.Ordinal);
        var published = new TaskCompletionSource<DerpMap>();
        await maps.ConnectAsync(maps.Current.Map, (map, _) => Task.FromResult(published.TrySetResult(map)), Token);
        answer.SetResult();
        Assert.Equal([1], (await published.Task.WaitAsync(Token)).Regions!.Keys);
    }

    [Fact]
    public async Task Start_UnchangedSinceTheCopy_TakesItWithoutAText()
    {
        await using var host = await MapHost.StartAsync();
        host.Answer = context =>
        {
            context.Response.Headers.ETag = "\"one\"";
            if (context.Request.Headers.IfNoneMatch == "\"one\"")
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync(MapBench.Text(1, "1a"));
        };
        await _bench.StartAsync(MapBench.Options(host.Url()));
        _bench.Time.Advance(TimeSpan.FromHours(1));

        var again = await _bench.StartAsync(MapBench.Options(host.Url()));
        await again.RefreshAsync(Token);

        var source = Assert.Single(again.Status);
        Assert.Equal((_bench.Time.GetUtcNow(), null), (source.ReadAt, source.Problem));
        Assert.Equal([1], again.Current.Map.Regions!.Keys);
        Assert.Empty(_bench.Published);
    }

    [Fact]
    public async Task Start_CopyThatIsDamaged_IsAskedForAnew()
    {
        await using var host = await MapHost.StartAsync();
        host.Say(MapBench.Text(1, "1a"));
        await _bench.StartAsync(MapBench.Options(host.Url()));
        await File.WriteAllTextAsync(Assert.Single(Directory.GetFiles(_bench.Copies)), "{\"url\": ", Token);

        var again = await _bench.StartAsync(MapBench.Options(host.Url()));

        Assert.Equal([1], again.Current.Map.Regions!.Keys);
        Assert.Equal("", host.Requests.Last().IfNoneMatch);
        Assert.Equal(2, host.Requests.Count);
    }

    [Fact]
    public async Task Copy_ThatCannotBeKept_IsSaidOnce()
    {
        await using var host = await MapHost.StartAsync();
        host.Say(MapBench.Text(1, "1a"));
        await File.WriteAllTextAsync(_bench.Copies, "in the way", Token);
        var maps = await _bench.StartAsync(MapBench.Options(host.Url()));
        host.Say(MapBench.Text(2, "2a"));

        await maps.RefreshAsync(Token);

        Assert.Contains("cannot be kept", Assert.Single(_bench.Warnings), StringComparison.Ordinal);
        Assert.Equal([2], maps.Current.Map.Regions!.Keys);
    }

    [Fact]
    public async Task Reload_OtherSources_AreTakenOverAndCopiesOfOthersRemoved()
    {
        await using var host = await MapHost.StartAsync();
        host.Say(MapBench.Text(1, "1a"));
        var maps = await _bench.StartAsync(MapBench.Options(host.Url()));
        Assert.Single(Directory.GetFiles(_bench.Copies));

        await maps.ReloadAsync(MapBench.Options() with { Map = MapBench.Map(MapBench.Region(900, "900a")) }, Token);

        Assert.Equal([900], Assert.Single(_bench.Published).Regions!.Keys);
        Assert.Empty(Directory.GetFiles(_bench.Copies));
    }

    [Fact]
    public async Task Reload_NoRelayLeft_KeepsTheOldOnesUntilThereIsOne()
    {
        var maps = await _bench.StartAsync(MapBench.Options() with { Map = MapBench.Map(MapBench.Region(900, "900a")) });

        await maps.ReloadAsync(MapBench.Options(), Token);

        Assert.Empty(_bench.Published);
        Assert.Equal([900], maps.Current.Map.Regions!.Keys);
        Assert.Contains("No relay is left", Assert.Single(_bench.Warnings), StringComparison.Ordinal);

        await maps.ReloadAsync(MapBench.Options() with { Map = MapBench.Map(MapBench.Region(901, "901a")) }, Token);

        Assert.Equal([901], Assert.Single(_bench.Published).Regions!.Keys);
    }

    [Fact]
    public async Task Reload_SameUrl_KeepsItsMapAndAsksAgain()
    {
        await using var host = await MapHost.StartAsync();
        host.Say(MapBench.Text(1, "1a"));
        var maps = await _bench.StartAsync(MapBench.Options(host.Url()) with { AutoUpdate = false });
        host.Say(MapBench.Text(2, "2a"));
        var published = new TaskCompletionSource<DerpMap>();
        await maps.ConnectAsync(maps.Current.Map, (map, _) => Task.FromResult(published.TrySetResult(map)), Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = maps.RunAsync(stop.Token);

        await maps.ReloadAsync(MapBench.Options(host.Url()) with { AutoUpdate = false }, Token);

        Assert.Equal([2], (await published.Task.WaitAsync(Token)).Regions!.Keys);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Run_ByTheClock_AsksAgain()
    {
        await using var host = await MapHost.StartAsync();
        host.Say(MapBench.Text(1, "1a"));
        var maps = await _bench.StartAsync(MapBench.Options(host.Url()) with { UpdateFrequency = TimeSpan.FromHours(2) });
        host.Say(MapBench.Text(2, "2a"));
        var published = new TaskCompletionSource<DerpMap>();
        await maps.ConnectAsync(maps.Current.Map, (map, _) => Task.FromResult(published.TrySetResult(map)), Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = maps.RunAsync(stop.Token);
        await WaitForTimerAsync();

        _bench.Time.Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1));
        Assert.Single(host.Requests);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([2], (await published.Task.WaitAsync(Token)).Regions!.Keys);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Run_AfterAFailure_AsksAgainSooner()
    {
        await using var host = await MapHost.StartAsync();
        host.Fail();
        var maps = await _bench.StartAsync(MapBench.Options(host.Url()) with { AutoUpdate = false });
        host.Say(MapBench.Text(2, "2a"));
        var published = new TaskCompletionSource<DerpMap>();
        await maps.ConnectAsync(maps.Current.Map, (map, _) => Task.FromResult(published.TrySetResult(map)), Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = maps.RunAsync(stop.Token);
        await WaitForTimerAsync();

        _bench.Time.Advance(RelayMapService.FirstRetry);

        Assert.Equal([2], (await published.Task.WaitAsync(Token)).Regions!.Keys);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Refresh_FileThatBreaks_KeepsWhatItSaid()
    {
        const string path = "/relays.yaml";
        _bench.Files[path] = "regions: {900: {nodes: [{name: 900a, hostname: a.example}]}}";
        var maps = await _bench.StartAsync(MapBench.Options() with { Paths = [path] });
        await maps.RefreshAsync(Token);
        Assert.Equal([900], maps.Current.Map.Regions!.Keys);

        _bench.Files[path] = "regions: {900: {nodes: [{name: 900a}]}}";
        await maps.RefreshAsync(Token);
        _bench.Files.Remove(path);
        await maps.RefreshAsync(Token);

        Assert.Equal([900], maps.Current.Map.Regions!.Keys);
        Assert.Contains("no hostname", Assert.Single(_bench.Warnings), StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Single(maps.Status).Problem, StringComparison.Ordinal);

        _bench.Files[path] = "regions: {901: {nodes: [{name: 901a, hostname: a.example}]}}";
        await maps.RefreshAsync(Token);
        Assert.Equal([901], maps.Current.Map.Regions!.Keys);
    }

    [Fact]
    public async Task OwnRegion_OtherCertificate_IsPublished()
    {
        var maps = await _bench.StartAsync(MapBench.Options(), own: MapBench.Region(999, "999"));
        var renewed = MapBench.Region(999, "999") with { RegionName = "Renewed" };

        await maps.SetOwnRegionAsync(renewed, Token);
        await maps.SetOwnRegionAsync(renewed, Token);

        Assert.Equal(["Renewed"], _bench.Published.Select(map => map.Regions!.GetValueOrDefault(999)?.RegionName));
    }

    [Fact]
    public async Task Start_UrlThatWantsNoChecks_IsTakenWithThem()
    {
        await using var host = await MapHost.StartAsync();
        host.Say("regions: {1: {nodes: [{name: 1a, hostname: a.example, insecurefortests: true}]}}");

        var maps = await _bench.StartAsync(MapBench.Options(host.Url()));

        Assert.False(maps.Current.Map.Regions![1]!.Nodes![0].InsecureForTests);
        Assert.Contains("wants no certificates checked for 1a", Assert.Single(_bench.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LookThatFailsUnexpectedly_IsLoggedAndTheNextOneMakesUpForIt()
    {
        await using var host = await MapHost.StartAsync();
        host.Say(MapBench.Text(1, "1a"));
        var maps = await _bench.StartAsync(MapBench.Options(host.Url()) with { UpdateFrequency = TimeSpan.FromHours(1) });
        var (broken, published) = (new TaskCompletionSource(), new TaskCompletionSource<DerpMap>());
        await maps.ConnectAsync(maps.Current.Map, Publish, Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = maps.RunAsync(stop.Token);
        host.Say(MapBench.Text(2, "2a"));
        await WaitForTimerAsync();
        _bench.Time.Advance(TimeSpan.FromHours(1));
        await broken.Task.WaitAsync(Token);
        await WaitForTimerAsync();
        _bench.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal([2], (await published.Task.WaitAsync(Token)).Regions!.Keys);
        Assert.Contains("could not be looked at", Assert.Single(_bench.Warnings), StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Task Publish(DerpMap map, CancellationToken cancellationToken)
        {
            if (broken.TrySetResult())
            {
                throw new InvalidOperationException("As a test wants it.");
            }

            published.TrySetResult(map);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Current_Text_IsTheMapAsClientsReadIt()
    {
        var maps = await _bench.StartAsync(MapBench.Options() with { Map = MapBench.Map(MapBench.Region(900, "900a")) });

        Assert.Equal(maps.Current.Map, ControlJson.Parse<DerpMap>(maps.Current.Json.Span));
        Assert.StartsWith("{\"Regions\":{\"900\":{\"RegionID\":900,", Encoding.UTF8.GetString(maps.Current.Json.Span), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    /// <summary>Until the loop waits for the clock.</summary>
    private async Task WaitForTimerAsync()
    {
        while (_bench.Time.PendingTimers == 0)
        {
            await Task.Yield();
        }
    }
}
