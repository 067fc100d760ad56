using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Lab;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>
/// How soon peers know that a client is away, and that they never hear of one that comes back at once. Peers are a simulated node that
/// keeps all that it is told, with the time.
/// </summary>
public sealed class LivenessTests
{
    /// <summary>The most that may pass, if nothing else is configured.</summary>
    private const int DefaultSeconds = 20;

    /// <summary>The least that may be configured.</summary>
    private const int LeastSeconds = 10;

    /// <summary>How long a node without a stream stays online by default.</summary>
    private const int GraceSeconds = 8;

    private const string Plain = "http";
    private const string Secured = "https";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Plain, DefaultSeconds, false)]
    [InlineData(Plain, DefaultSeconds, true)]
    [InlineData(Secured, DefaultSeconds, true)]
    [InlineData(Plain, LeastSeconds, false)]
    [InlineData(Plain, LeastSeconds, true)]
    public async Task Cut_ClientThatSpokeAMomentAgo_IsOfflineToPeersInTime(string scheme, int seconds, bool hasNews)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(
            new NetworkPlan
            {
                Url = new Uri($"{scheme}://{HostLab.ServerAddress}:8080"),
                Settings = seconds == DefaultSeconds ? [] : new() { ["MESHCONTROL_NODE_OFFLINE_AFTER"] = $"{seconds}s" },
            },
            ClientPrograms.SupportedVersions[^1]);
        await using var crowd = await SimulatedCrowd.JoinAsync(network, 1);
        var watcher = await crowd.JoinAsync("watcher");
        var client = network.Clients[0];
        var id = (await network.RowAsync(client)).Id;

        // What is silent longer is missed sooner, so it says something just before.
        (await client.RunAsync(Token, "set", "--hostname=spoke")).OrThrow();
        await watcher.WaitForAsync(map => map.FindPeer("spoke") is not null);
        var cut = TimeProvider.System.GetUtcNow();
        await network.CutAsync(client);
        if (hasNews)
        {
            // What is sent to a client that is gone must not give it more time.
            await PassAsync(cut, seconds / 4.0);
            await crowd.Nodes[0].UpdateAsync(profile => profile.WithHome(2), Token);
        }

        var offline = await PresenceHistory.WaitForOfflineAsync(watcher, id, after: cut);

        Assert.InRange((offline - cut).TotalSeconds, 0, seconds);
        await network.HealAsync(client);
        await watcher.WaitForAsync(map => map.Peers[id].Online == true, Eventually.AfterReconnect);
    }

    [Fact]
    [Trait("Acceptance", "TestIssuesGracePeriod")]
    public async Task DownAndUp_WithinTheGrace_IsNotSeenByPeers()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(new NetworkPlan(), ClientPrograms.SupportedVersions);
        await using var crowd = await SimulatedCrowd.JoinAsync(network, 0);
        var watcher = await crowd.JoinAsync("watcher");
        var ids = new Dictionary<RealClient, long>();
        foreach (var client in network.Clients)
        {
            ids[client] = (await network.RowAsync(client)).Id;
        }

        var began = TimeProvider.System.GetUtcNow();
        await Task.WhenAll(network.Clients.Select(async client => (await client.RunAsync(Token, "down")).OrThrow()));
        await Task.WhenAll(network.Clients.Select(async client => (await client.RunAsync(Token, "up")).OrThrow()));
        var back = TimeProvider.System.GetUtcNow();
        Assert.True((back - began).TotalSeconds < GraceSeconds, $"They took {back - began} to come back, which says nothing about the grace.");
        await PassAsync(back, GraceSeconds + 2);

        // The same history tells it of those who stay away, and not too soon.
        var left = TimeProvider.System.GetUtcNow();
        await Task.WhenAll(network.Clients.Select(async client => (await client.RunAsync(Token, "down")).OrThrow()));
        foreach (var client in network.Clients)
        {
            var offline = await PresenceHistory.WaitForOfflineAsync(watcher, ids[client], after: began);
            Assert.InRange((offline - left).TotalSeconds, GraceSeconds, DefaultSeconds);
        }
    }

    /// <summary>Lets time pass.</summary>
    private static Task PassAsync(DateTimeOffset since, double seconds) => Eventually.HoldsAsync(
        $"{seconds} s to pass", _ => Task.FromResult((TimeProvider.System.GetUtcNow() - since).TotalSeconds > seconds));
}
