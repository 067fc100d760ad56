using System.Net;
using MeshControl.FunctionalTests.Support;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Maps;

/// <summary>Streams as such: presence, replacement, keep-alives.</summary>
public sealed class StreamTests
{
    // What clients stand is 120 s; a keep-alive has to come with a margin, and not so often that phones notice.
    private static readonly TimeSpan EarliestKeepAlive = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LatestKeepAlive = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestGrace = TimeSpan.FromSeconds(15);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestNetworkWeather/disconnect_types")]
    public async Task Stream_Closed_ShowsOfflineAfterGrace()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(time);
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        await two.WaitForAsync(map => map.FindPeer("one")?.Online == true);

        await one.StopAsync();
        await time.AdvanceUntilAsync(two, map => map.Peer("one").Online == false, LongestGrace);
        var lastSeen = two.Netmap.Peer("one").LastSeen;
        one.StartPolling();
        await two.WaitForAsync(map => map.Peer("one").Online == true);

        Assert.NotNull(lastSeen);
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    public async Task Stream_Replaced_NeverShowsOffline()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(time);
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        await two.WaitForAsync(map => map.FindPeer("one")?.Endpoints is { Count: 1 });
        var id = one.Netmap.Self.Id;

        await one.ReconnectAsync(Token);
        for (var second = 0; second < LongestGrace.TotalSeconds; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await one.FetchMapAsync(Token);
        }

        // By the order of messages: what the sweeps of those seconds found would have been told before this.
        await one.UpdateAsync(profile => profile.WithHome(901), Token);
        await two.WaitForAsync(map => map.Peer("one").HomeDerp == 901);
        Assert.DoesNotContain(two.Traffic.Messages, message => message.Message.SaysOffline(id));
        Assert.Equal(2, one.Traffic.Streams);
        Assert.Equal(2, one.Traffic.Channels);
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    [Trait("Acceptance", "TestConnectionLifecycle/session_replacement")]
    [Trait("Acceptance", "TestBatcherMultiConnection")]
    public async Task Stream_ReplacedOnSameChannel_OldOneEnds()
    {
        await using var server = await TestServer.StartAsync();
        var one = server.NewNode("one", await server.CreateUserWithKeyAsync("alice"));
        await one.RegisterAsync(await server.CreateUserWithKeyAsync("bob"), Token);
        var request = one.CreateMapRequest(stream: true, omitPeers: false);

        using var first = await one.Client.OpenMapAsync(request, Token);
        using var second = await one.Client.OpenMapAsync(request, Token);
        await using var oldReader = await ReaderAsync(first);
        await using var newReader = await ReaderAsync(second);
        while (await oldReader.ReadAsync(Token) is not null)
        {
        }

        Assert.NotNull((await newReader.ReadAsync(Token))!.Message.Node);
        Assert.Equal(1, server.Tailnet.Sessions.Count);
    }

    [Fact]
    [Trait("Acceptance", "TestGitHubIssue3129_TransientlyBlockedWriteDoesNotLeaveLiveStaleSession")]
    [Trait("Acceptance", "TestBug8_SerialTimeoutUnderWriteLock")]
    [Trait("Acceptance", "TestConnectionEntry_SendTimeout")]
    public async Task Stream_ClientDoesNotReadAndComesAnew_OldOneIsForgotten()
    {
        // More than a client's HTTP/2 window takes, so that the server's write has to wait.
        const int Changes = 400;
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var other = await server.JoinAsync("other", key);
        var stuck = server.NewNode("stuck", key);
        await stuck.RegisterAsync(key, Token);
        using var unread = await stuck.Client.OpenMapAsync(stuck.CreateMapRequest(stream: true, omitPeers: false), Token);
        for (var change = 0; change < Changes; change++)
        {
            var port = 1000 + (change * 32);
            await other.UpdateAsync(
                profile => profile.WithEndpoints(
                    Enumerable.Range(port, 32).Select(one => new IPEndPoint(IPAddress.Parse("198.51.100.7"), one))),
                Token);
        }

        // As a client does whose network was stuck: from the same machine, with the same keys, while the old stream is still open.
        var again = server.NewNode("stuck", key, identity: stuck.Identity);
        await again.JoinAsync(Token);
        await again.WaitForAsync(map => map.HasExactly("other"));
        await using var late = await ReaderAsync(unread);
        while (await late.ReadAsync(Token) is not null)
        {
        }

        Assert.Equal(2, server.Tailnet.Sessions.Count);
        await other.WaitForAsync(map => map.Peer("stuck").Online == true);
        await other.UpdateAsync(profile => profile.WithHome(901), Token);
        await again.WaitForAsync(map => map.Peer("other").HomeDerp == 901);
        await NetmapOracle.AssertConvergedAsync(again, other);
    }

    [Fact]
    public async Task Stream_Silent_GetsEqualKeepAlivesInTime()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(time);
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        await NetmapOracle.AssertConvergedAsync(one);
        var gaps = new List<TimeSpan>();

        for (var count = 1; count <= 3; count++)
        {
            var before = time.GetUtcNow();
            while (one.Traffic.KeepAlivesReceived < count && time.GetUtcNow() - before < LatestKeepAlive)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await one.FetchMapAsync(Token);
            }

            gaps.Add(time.GetUtcNow() - before);
        }

        var keepAlives = one.Traffic.Messages.Where(message => message.Message.KeepAlive).ToList();
        Assert.Equal(3, keepAlives.Count);
        Assert.All(keepAlives, message => Assert.Equal("""{"KeepAlive":true}""", message.Text));
        Assert.Single(keepAlives.Select(message => Convert.ToHexString(message.Body.Span)).Distinct());
        Assert.All(gaps, gap => Assert.InRange(gap, EarliestKeepAlive, LatestKeepAlive));
        Assert.DoesNotContain(
            one.Traffic.Messages, message => !message.Message.KeepAlive && message.Body.Length == keepAlives[0].Body.Length);
    }

    [Fact]
    public async Task Stream_ServerWasBusyForAMinute_GetsItsKeepAliveThen()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(time);
        var keepAlive = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"), options => options with
        {
            MessageReceived = message => _ = message.Message.KeepAlive && keepAlive.TrySetResult(),
        });

        // All ticks of that minute become one.
        time.Advance(LatestKeepAlive);

        await keepAlive.Task.WaitAsync(SimulatedNode.DefaultTimeout, Token);
    }

    [Fact]
    [Trait("Acceptance", "TestServeLongPollWritesErrorWhenInitialMapFails")]
    public async Task Stream_OfDeletedNode_IsRefusedWithStatus()
    {
        await using var server = await TestServer.StartAsync();
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        await one.StopAsync();
        await server.ExecuteAsync(new Core.Nodes.DeleteNodeCommand(server.Entry(one).Id));

        var refusal = await Assert.ThrowsAsync<ControlException>(
            () => one.Client.OpenMapAsync(one.CreateMapRequest(stream: true, omitPeers: false), Token));

        Assert.Equal(HttpStatusCode.NotFound, refusal.Status);
        Assert.NotEqual("", refusal.Body);
    }

    private static async Task<MapStreamReader> ReaderAsync(HttpResponseMessage response) =>
        new(await response.Content.ReadAsStreamAsync(Token), 0, compressed: true, TimeProvider.System);
}
