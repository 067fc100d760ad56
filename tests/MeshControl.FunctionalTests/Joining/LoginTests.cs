using System.Net;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.FunctionalTests.Lifecycle;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Joining;

/// <summary>Logins that an administrator approves, and the pages that clients show for them.</summary>
public sealed class LoginTests(PostgresFixture postgres)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Login_Approved_JoinsAndSeesTheOthers()
    {
        await using var server = await TestServer.StartAsync();
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        var two = await LogInAsync(server, "two", "alice");

        await one.WaitForAsync(map => map.FindPeer("two") is { Online: true });
        Assert.Equal("alice", two.Registration!.Login.LoginName);
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    public async Task Login_OneMoreThanIsConfigured_EndsTheOldest()
    {
        await using var server = await TestServer.StartAsync(
            configure: options => options with { Limits = options.Limits with { MaxPendingLogins = 1 } });
        var urls = new List<string>();
        foreach (var name in new[] { "one", "two" })
        {
            var node = server.NewNode(name, authKey: null);
            await node.Client.GetServerKeyAsync(Token);
            urls.Add((await node.Client.RegisterAsync(node.CreateRegisterRequest(), Token)).AuthUrl);
        }

        var pending = await WithAdminAsync(server, admin => admin.ListLoginsAsync(new ListLoginsRequest(), Token).ToListAsync(Token).AsTask());
        Assert.EndsWith(Assert.Single(pending).AuthId, urls[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_WhileALoginIsPending_ClientCompletesIt(bool usesPostgres)
    {
        await using var database = usesPostgres ? await postgres.CreateDatabaseAsync() : null;
        await using var server = await TestServer.StartAsync(configure: options => database is null ? options : PostgresTests.Use(options, database));
        await server.CreateUserAsync("alice");
        var node = server.NewNode("one", authKey: null);
        await node.Client.GetServerKeyAsync(Token);
        var url = (await node.Client.RegisterAsync(node.CreateRegisterRequest(), Token)).AuthUrl;
        var waiting = await WaitingAsync(server, node, url);

        await server.StopAsync();
        await server.StartAgainAsync();

        // The URL is still good, and that is what the client asks for again.
        Assert.Equal(url, (await waiting[0]).AuthUrl);
        waiting = await WaitingAsync(server, node, url);
        await WithAdminAsync(server, admin => admin.ApproveLoginAsync(new ApproveLoginRequest { AuthId = url, User = "alice" }, Token));
        Assert.True((await waiting[0]).MachineAuthorized);
        Assert.Equal(1, server.Tailnet.Snapshot.Nodes.Count);
    }

    [Fact]
    public async Task Reauth_NodeIsConnected_OldKeyServesUntilTheApproval()
    {
        await using var server = await TestServer.StartAsync();
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        var before = server.Entry(one);
        var again = server.NewNode("one", authKey: null, identity: one.Identity.AfterRotation());
        await again.Client.GetServerKeyAsync(Token);
        var url = (await again.Client.RegisterAsync(again.CreateRegisterRequest(), Token)).AuthUrl;
        var waiting = await WaitingAsync(server, again, url);
        await one.UpdateAsync(profile => profile, Token);

        await WithAdminAsync(server, admin => admin.ApproveLoginAsync(new ApproveLoginRequest { AuthId = url }, Token));

        Assert.True((await waiting[0]).MachineAuthorized);
        Assert.Equal((before.Id, before.Node.IPv4), (server.Entry(again).Id, server.Entry(again).Node.IPv4));
    }

    [Fact]
    public async Task Reject_WhoWaits_IsToldAndGetsAnotherPage()
    {
        await using var server = await TestServer.StartAsync();
        var node = server.NewNode("one", authKey: null);
        await node.Client.GetServerKeyAsync(Token);
        var url = (await node.Client.RegisterAsync(node.CreateRegisterRequest(), Token)).AuthUrl;
        var waiting = await WaitingAsync(server, node, url);

        await WithAdminAsync(server, async admin =>
        {
            await admin.RejectLoginAsync(url, Token);
            return true;
        });

        Assert.Equal("an administrator rejected this login", (await waiting[0]).Error);
        var next = (await FollowAsync(node, url)).AuthUrl;
        Assert.NotEqual(url, next);
        var failure = await Assert.ThrowsAsync<RpcException>(() => WithAdminAsync(
            server, admin => admin.ApproveLoginAsync(new ApproveLoginRequest { AuthId = url, User = "alice" }, Token)));
        Assert.Equal(RpcStatusCode.NotFound, failure.Code);
    }

    [Fact]
    public async Task Page_OfALogin_SaysWhoAsksAndWhatToType()
    {
        await using var server = await TestServer.StartAsync();
        var node = server.NewNode("<b>\"x\u202e", authKey: null, options => options with
        {
            EditProfile = profile => profile.WithHostinfo(info => info with { Os = "linux", RequestTags = ["tag:a"] }),
        });
        await node.Client.GetServerKeyAsync(Token);
        var url = (await node.Client.RegisterAsync(node.CreateRegisterRequest(), Token)).AuthUrl;

        // The test server says another port than it has.
        var (status, body) = await GetAsync(server, new Uri(url).AbsolutePath);

        var id = url[(url.LastIndexOf('/') + 1)..];
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains($"<pre>meshctl auth register --auth-id {id} --user USERNAME</pre>", body, StringComparison.Ordinal);
        Assert.Contains("<bdi>&lt;b&gt;&quot;x\ufffd</bdi>", body, StringComparison.Ordinal);
        Assert.Contains("<bdi>linux", body, StringComparison.Ordinal);
        Assert.Contains("<bdi>tag:a</bdi>", body, StringComparison.Ordinal);
        Assert.Contains("<bdi>127.0.0.1</bdi>", body, StringComparison.Ordinal);
        Assert.Single(server.Server.ControlPlane.Logins.Pending);
    }

    [Theory]
    [InlineData("/register/mckey-authreq-00000000000000000000000000000000", HttpStatusCode.NotFound)]
    [InlineData("/register/nonsense", HttpStatusCode.BadRequest)]
    [InlineData("/register/%3Cscript%3E", HttpStatusCode.BadRequest)]
    public async Task Page_OfNoLogin_SaysSoAndRepeatsNothing(string path, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync();

        var (status, body) = await GetAsync(server, path);

        Assert.Equal(expected, status);
        Assert.DoesNotContain("script", body, StringComparison.Ordinal);
        Assert.DoesNotContain("authreq", body, StringComparison.Ordinal);
    }

    private static async Task<SimulatedNode> LogInAsync(TestServer server, string hostname, string user)
    {
        var node = server.NewNode(hostname, authKey: null, options => options with
        {
            VisitLoginPage = url => WithAdminAsync(
                server, admin => admin.ApproveLoginAsync(new ApproveLoginRequest { AuthId = url, User = user }, Token)),
        });
        await node.JoinAsync(Token);
        return node;
    }

    /// <summary>Begins to wait for a login, and returns when the server has the request.</summary>
    /// <returns>One task, for the answer; in an array, so that nobody waits for it here.</returns>
    private static async Task<Task<RegisterResponse>[]> WaitingAsync(TestServer server, SimulatedNode node, string url)
    {
        Task<RegisterResponse>[] answer = [FollowAsync(node, url)];
        while (server.Server.ControlPlane.Logins.Waiting == 0)
        {
            await Task.Delay(Glance, Token);
        }

        return answer;
    }

    private static Task<RegisterResponse> FollowAsync(SimulatedNode node, string url) =>
        node.Client.RegisterAsync(node.CreateRegisterRequest() with { Followup = url }, Token);

    private static async Task<T> WithAdminAsync<T>(TestServer server, Func<AdminClient, Task<T>> call)
    {
        using var channel = server.OpenAdmin();
        return await call(new AdminClient(channel, new RpcCallOptions()));
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(TestServer server, string path)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(server.Url, path), Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
