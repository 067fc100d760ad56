using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tailnets;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Netmaps;
using Microsoft.AspNetCore.WebUtilities;

namespace MeshControl.FunctionalTests.Replay;

/// <summary>What real clients said to another server, said to this one, scene by scene.</summary>
public sealed class ReplayTests
{
    private const string SshPolicy = """
        {
          "tagOwners": {"tag:web": ["alice@"]},
          "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}],
          "ssh": [{"action": "check", "src": ["autogroup:member"], "dst": ["tag:web"], "users": ["root"]}],
        }
        """;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task Scenes_InOrder_SatisfyTheirClients()
    {
        await using var server = await TestServer.StartAsync();
        await using var network = await CreateNetworkAsync(server);

        // Joins: by key, and by a login page.
        await network.PlayAsync("01");
        await network.PlayAsync("02");
        var one = network["one"].Netmap.Self;
        await network["one"].WaitForAsync(map => map.FindPeer("two") is { Online: true, DiscoKey.IsZero: false });
        await network["two"].WaitForAsync(map => map.FindPeer("one")?.Endpoints is { Count: > 0 });
        Assert.Equal("bob", network.Registrations["two"].Login.LoginName);

        // A restart has another path discovery key and changes nothing else.
        var disco = one.DiscoKey;
        await network.PlayAsync("04");
        var restarted = await network["two"].WaitForAsync(map => map.Peer("one").DiscoKey != disco);
        AssertSameNode(one, network["one"].Netmap.Self);
        Assert.True(restarted.Peer("one").Online);

        await network.PlayAsync("05");
        await network["two"].WaitForAsync(map => map.FindPeer("uno")?.Id == one.Id);
        await network["one"].WaitForAsync(map => Netmap.FirstLabel(map.Self) == "uno");
        await network.PlayAsync("06");

        foreach (var scene in new[] { "07", "08", "09", "10" })
        {
            await network.PlayAsync(scene);
        }

        await network.PlayAsync("11");
        var web = await network["two"].WaitForAsync(map => map.FindPeer("web") is not null);
        Assert.Equal(["tag:web"], network["web"].Netmap.Self.Tags!);
        Assert.Equal(["tag:web"], web.Peer("web").Tags!);
        Assert.Equal("tagged-devices", web.Users[web.Peer("web").User].LoginName);

        await network.PlayAsync("12");

        // A login from "one" to "web" as root, which the policy wants to be approved.
        await server.SetPolicyAsync(SshPolicy);
        await network.PlayAsync("13");
        await network.PlayAsync("14");
        await network.PlayAsync("15");

        await PlayLeavingAsync(server, network);
        await PlayReleasesAsync(server, network);
    }

    private static async Task PlayLeavingAsync(TestServer server, RecordedNetwork network)
    {
        // An ephemeral node leaves for good.
        var four = network["four"].Netmap.Self;
        await network.PlayAsync("16");
        await network["two"].WaitForAsync(map => map.FindPeer("eph") is null);
        Assert.Contains(network["two"].Messages, message => message.PeersRemoved is { Count: > 0 });
        Assert.DoesNotContain(server.Tailnet.Snapshot.Nodes, entry => entry.Node.GivenName == "eph");

        await network.PlayAsync("17");
        var moved = await network["two"].WaitForAsync(map => map.Peer("four").Endpoints is { Count: 2 });
        Assert.Contains(moved.Peer("four").Endpoints!, endpoint => endpoint.ToString() == "10.99.7.7:41641");
        var home = moved.Peer("four").HomeDerp;
        Assert.NotEqual(0, home);

        // A forced login brings a new key, and from here on the client says nothing of its network.
        await network.PlayAsync("18");
        var rotated = await network["two"].WaitForAsync(map => map.Peer("four").Key != four.Key);
        AssertSameNode(four, network["four"].Netmap.Self);
        Assert.Equal(home, rotated.Peer("four").HomeDerp);

        // The administrator expires the key; the open stream hears of it and stays.
        await network.PlayAsync("19");
        await server.ExecuteAsync(new ExpireNodeCommand(new(four.Id)));
        await network["four"].WaitForAsync(map => map.Self.KeyExpiry is { } expiry && expiry <= TimeProvider.System.GetUtcNow());
        await network["two"].WaitForAsync(map => map.Peer("four").KeyExpiry is not null);

        // The expired key comes back with an auth key.
        await network.PlayAsync("20");
        await network["two"].WaitForAsync(map => map.Peer("four").KeyExpiry is null && map.Peer("four").Online == true);
        AssertSameNode(four, network["four"].Netmap.Self);
        Assert.Equal(home, network["two"].Netmap.Peer("four").HomeDerp);

        await network.PlayAsync("21");
        await network["two"].WaitForAsync(map => map.Peer("four").KeyExpiry is not null);
        await network.PlayAsync("22");
        await network["two"].WaitForAsync(map => map.Peer("four").KeyExpiry is null && map.Peer("four").Online == true);
        AssertSameNode(four, network["four"].Netmap.Self);

        // Keys that do not let in, however often.
        await network.PlayAsync("23");
        await network.PlayAsync("24");
        await network.PlayAsync("25");
        Assert.Equal("authkey already used", network.Registrations["once2"].Error);
        Assert.NotEqual("", network.Registrations["bad"].Error);

        // A deleted client is told, other than it was in the recording.
        var two = network["two"].Netmap.Self;
        await server.ExecuteAsync(new DeleteNodeCommand(new(two.Id)));
        await network["two"].WaitForAsync(map => map.IsExpiredAt(TimeProvider.System.GetUtcNow()));
        await network["one"].WaitForAsync(map => !map.Peers.ContainsKey(two.Id));
        await network.PlayAsync("26");
    }

    private static async Task PlayReleasesAsync(TestServer server, RecordedNetwork network)
    {
        foreach (var (scene, name, version) in new[] { ("27", "old80", 113), ("28", "old90", 130), ("29", "new102", 142) })
        {
            await network.PlayAsync(scene);
            var map = await network["one"].WaitForAsync(map => map.FindPeer(name) is { Endpoints.Count: > 0 });
            Assert.Equal(version, map.Peer(name).Cap);
            Assert.Contains(server.Tailnet.Snapshot.Nodes, entry => entry.Node.GivenName == name);
        }

        // Routers: what they advertise is not approved here, and their pings were the other server's.
        await network.PlayAsync("30");
        await network["one"].WaitForAsync(map => map.FindPeer("r2") is not null && map.FindPeer("r4") is not null);
        Assert.All(network["one"].Netmap.Peers.Values, peer => Assert.All(peer.AllowedIps!, prefix => Assert.True(prefix.IsSingleAddress)));
    }

    private static async Task<RecordedNetwork> CreateNetworkAsync(TestServer server)
    {
        var alice = await server.CreateUserAsync("alice");
        await server.CreateUserAsync("bob");
        var secrets = new Dictionary<string, string>
        {
            ["hskey-auth-ZRL1RkpI20FX-"] = await server.CreateKeyAsync(alice),
            ["hskey-auth-MezTzOdICQmG-"] = await server.CreateKeyAsync(owner: null, tags: ["tag:web"]),
            ["hskey-auth-HMjwVGK22Skv-"] = await server.CreateKeyAsync(alice, ephemeral: true),
            ["hskey-auth-PrBgO0Ziwn37-"] = await server.CreateKeyAsync(alice, reusable: false),
        };
        return new RecordedNetwork(server.Endpoint, secrets, page => LetInAsync(server, page, "bob"), url => ApproveSshAsync(server, url));
    }

    /// <summary>An administrator approves the check that the destination waits for.</summary>
    private static async Task ApproveSshAsync(TestServer server, string url)
    {
        while (server.Server.ControlPlane.SshChecks.Waiting == 0)
        {
            await Task.Delay(Glance, TestContext.Current.CancellationToken);
        }

        using var channel = server.OpenAdmin();
        var admin = new AdminClient(channel, new RpcCallOptions());
        var id = QueryHelpers.ParseQuery(new Uri(url).Query)["auth_id"].ToString();
        await admin.ApproveLoginAsync(new ApproveLoginRequest { AuthId = id }, TestContext.Current.CancellationToken);
    }

    /// <summary>Somebody looks at the page of a login while the machine waits, and an administrator approves it.</summary>
    private static async Task LetInAsync(TestServer server, string page, string user)
    {
        var logins = server.Server.ControlPlane.Logins;
        while (logins.Waiting == 0)
        {
            await Task.Delay(Glance, TestContext.Current.CancellationToken);
        }

        // The test server says another port than it has.
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(server.Url, new Uri(page).AbsolutePath), TestContext.Current.CancellationToken);
        Assert.Contains("<bdi>two</bdi>", text, StringComparison.Ordinal);
        Assert.Contains("meshctl auth register --auth-id", text, StringComparison.Ordinal);
        Assert.Equal(1, logins.Waiting);

        using var channel = server.OpenAdmin();
        var admin = new AdminClient(channel, new RpcCallOptions());
        await admin.ApproveLoginAsync(new ApproveLoginRequest { AuthId = page, User = user }, TestContext.Current.CancellationToken);
    }

    private static void AssertSameNode(MapNode before, MapNode after)
    {
        Assert.Equal(before.Id, after.Id);
        Assert.Equal(before.StableId, after.StableId);
        Assert.Equal(before.Addresses, after.Addresses);
        Assert.Equal(before.User, after.User);
    }

    /// <summary>What an administrator's "expire now" does.</summary>
    private sealed class ExpireNodeCommand(Core.Model.NodeId id) : TailnetCommand<NodeEntry>
    {
        protected override Core.Result<NodeEntry> Decide(TailnetDraft draft) =>
            draft.Snapshot.Nodes.TryGet(id, out var entry)
                ? draft.Update(entry, entry.Node with { Expiry = draft.Now })
                : Core.CoreError.NotFound("There is no such node.");
    }
}
