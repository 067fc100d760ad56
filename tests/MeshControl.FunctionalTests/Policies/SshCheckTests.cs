using System.Net;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Core.Logins;
using MeshControl.Core.SshChecks;
using MeshControl.FunctionalTests.Lifecycle;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Policies;

/// <summary>Destinations that ask whether to let somebody in by SSH, where a rule wants a check.</summary>
public sealed class SshCheckTests(PostgresFixture postgres)
{
    private const int CheckBegun = 4506;

    // What the server writes in a minute.
    private const int LinesPerMinute = 60;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestSSHActionRoute_HoldAndDelegate_PersistsAuthSession")]
    public async Task Ask_ByTheUrlOfTheRule_IsHeldUntilSomebodyApproves()
    {
        await using var server = await TestServer.StartAsync();
        var (laptop, web) = await SshCheckNodes.StartAsync(server);
        var rule = (await web.WaitForAsync(map => map.Ssh is { Rules.Count: 1 })).Ssh!.Rules![0].Action!;

        // As the client does: it puts in what it knows, and the host is what its channel leads to.
        Assert.StartsWith($"https://{server.Options.ServerUrl.Host}", rule.HoldAndDelegate, StringComparison.Ordinal);
        var first = await FollowAsync(server, laptop, web, rule.HoldAndDelegate!, "root");
        var id = SshCheckNodes.IdIn(first);
        Assert.Equal((false, false), (first.Accept, first.Reject));
        Assert.Contains($"meshctl auth approve --auth-id {id}", first.Message, StringComparison.Ordinal);
        Task<SshAction>[] waiting = [FollowAsync(server, laptop, web, first.HoldAndDelegate!, "root")];
        await WaitingAsync(server);

        var approved = await WithAdminAsync(server, admin => admin.ApproveLoginAsync(new ApproveLoginRequest { AuthId = id }, Token));

        Assert.Equal(("laptop", "web", "root"), (approved.SshCheck.SourceName, approved.SshCheck.DestinationName, approved.SshCheck.LocalUser));
        Assert.True((await waiting[0]) is { Accept: true, AllowAgentForwarding: true, AllowLocalPortForwarding: true });
        Assert.True((await SshCheckNodes.AskAsync(server, laptop, web)).Accept);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_BeforeAndAfterAnApproval_NothingIsLost(bool usesPostgres)
    {
        await using var database = usesPostgres ? await postgres.CreateDatabaseAsync() : null;
        await using var server = await TestServer.StartAsync(configure: options => database is null ? options : PostgresTests.Use(options, database));
        var (laptop, web) = await SshCheckNodes.StartAsync(server);
        var first = await SshCheckNodes.AskAsync(server, laptop, web);

        await server.StopAsync();
        await server.StartAgainAsync();
        Task<SshAction>[] waiting = [FollowAsync(server, laptop, web, first.HoldAndDelegate!, "root")];
        await WaitingAsync(server);
        await ApproveAsync(server, SshCheckNodes.IdIn(first));
        Assert.True((await waiting[0]).Accept);

        await server.StopAsync();
        await server.StartAgainAsync();
        Assert.True((await SshCheckNodes.AskAsync(server, laptop, web)).Accept);
        Assert.False((await SshCheckNodes.AskAsync(server, laptop, web, "deploy")).Accept);
    }

    [Fact]
    [Trait("Acceptance", "TestSSHActionRoute_FollowUp_RejectsMissingSessionWithoutCheck")]
    public async Task Reject_WhoWaits_IsRefusedWithOurSentence()
    {
        await using var server = await TestServer.StartAsync();
        var (laptop, web) = await SshCheckNodes.StartAsync(server);
        var first = await SshCheckNodes.AskAsync(server, laptop, web);
        Task<SshAction>[] waiting = [FollowAsync(server, laptop, web, first.HoldAndDelegate!, "root")];
        await WaitingAsync(server);

        await WithAdminAsync(server, async admin =>
        {
            await admin.RejectLoginAsync($"{server.Url}auth/{SshCheckNodes.IdIn(first)}", Token);
            return true;
        });

        Assert.True((await waiting[0]) is { Reject: true, Message: "# An administrator rejected this connection.\r\n" });

        // The check is gone, and so is the rule.
        await server.SetPolicyAsync("{}");
        Assert.True((await FollowAsync(server, laptop, web, first.HoldAndDelegate!, "root")).Reject);
    }

    [Fact]
    [Trait("Acceptance", "TestSSHCheckReDelegatesWhenSessionMissing")]
    [Trait("Acceptance", "TestSSHActionRoute_FollowUp_RejectsBindingMismatch")]
    public async Task Follow_ACheckThatIsUnknownOrAnothers_IsSentToOneOfItsOwn()
    {
        await using var server = await TestServer.StartAsync();
        var (laptop, web) = await SshCheckNodes.StartAsync(server);
        var id = SshCheckNodes.IdIn(await SshCheckNodes.AskAsync(server, laptop, web));

        var unknown = await SshCheckNodes.GetAsync(web, SshCheckNodes.PathOf(server, laptop, web, $"?local_user=deploy&auth_id={AuthId.Generate()}"));
        var anothers = await SshCheckNodes.GetAsync(web, SshCheckNodes.PathOf(server, laptop, web, $"?local_user=deploy&auth_id={id}"));

        Assert.NotEqual(id, SshCheckNodes.IdIn(ControlJson.Parse<SshAction>(unknown.Body)));
        Assert.Equal(SshCheckNodes.IdIn(ControlJson.Parse<SshAction>(unknown.Body)), SshCheckNodes.IdIn(ControlJson.Parse<SshAction>(anothers.Body)));
        await ApproveAsync(server, id);
        Assert.False((await SshCheckNodes.AskAsync(server, laptop, web, "deploy")).Accept);
    }

    [Fact]
    [Trait("Acceptance", "TestSSHActionRoute_RejectsRogueMachineKey")]
    [Trait("Acceptance", "TestSSHActionRoute_RejectsUnknownDst")]
    [Trait("Acceptance", "TestSSHActionRoute_OldPathReturns404")]
    public async Task Ask_NotTheDestinationItself_LearnsNothing()
    {
        await using var server = await TestServer.StartAsync();
        var (laptop, web) = await SshCheckNodes.StartAsync(server);
        var stranger = server.NewNode("stranger", authKey: null);
        await stranger.Client.GetServerKeyAsync(Token);
        var (from, to) = (server.Entry(laptop).Id, server.Entry(web).Id);

        foreach (var (asker, path) in new (SimulatedNode, string)[]
        {
            (laptop, $"/machine/ssh/action/{from}/to/{to}?local_user=root"),
            (stranger, $"/machine/ssh/action/{from}/to/{to}?local_user=root"),
            (web, $"/machine/ssh/action/{to}/to/{from}?local_user=root"),
            (web, $"/machine/ssh/action/{from}/to/999?local_user=root"),
            (web, $"/machine/ssh/action/{from}/to/-{to}?local_user=root"),
            (web, $"/machine/ssh/action/{from}/to/?local_user=root"),
            (web, "/machine/ssh/action/?local_user=root"),
            (web, $"/machine/ssh/action/from/{from}/to/{to}?local_user=root"),
        })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await SshCheckNodes.GetAsync(asker, path)).Status);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await SshCheckNodes.GetAsync(web, $"/machine/ssh/action/{from}/to/{to}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SshCheckNodes.GetAsync(web, $"/machine/ssh/action/{from}/to/{to}?local_user={new string('a', SshCheckService.MaxUserLength + 1)}")).Status);
        Assert.Equal(0, server.Server.ControlPlane.SshChecks.PendingCount);
        Assert.True((await SshCheckNodes.AskAsync(server, web, web)).Reject);
        var gone = await SshCheckNodes.GetAsync(web, $"/machine/ssh/action/999/to/{to}?local_user=root");
        Assert.True(ControlJson.Parse<SshAction>(gone.Body).Reject);
    }

    [Fact]
    public async Task Ask_VeryOften_IsLoggedSoManyTimesAMinute()
    {
        await using var server = await TestServer.StartAsync(new ManualTimeProvider());
        var (laptop, web) = await SshCheckNodes.StartAsync(server);

        for (var times = 0; times <= LinesPerMinute; times++)
        {
            Assert.NotNull((await SshCheckNodes.AskAsync(server, laptop, web)).HoldAndDelegate);
        }

        Assert.Equal(LinesPerMinute, server.CountLog(CheckBegun));
    }

    [Fact]
    public async Task Page_OfACheck_SaysWhoWantsWhatAndWhatToType()
    {
        await using var server = await TestServer.StartAsync();
        var (laptop, web) = await SshCheckNodes.StartAsync(server);
        var id = SshCheckNodes.IdIn(await SshCheckNodes.AskAsync(server, laptop, web, "deploy"));
        using var http = new HttpClient();

        var page = await http.GetStringAsync(new Uri(server.Url, $"/auth/{id}"), Token);
        using var unknown = await http.GetAsync(new Uri(server.Url, $"/auth/{AuthId.Generate()}"), Token);
        using var nonsense = await http.GetAsync(new Uri(server.Url, "/auth/nonsense"), Token);

        Assert.Contains($"<pre>meshctl auth approve --auth-id {id}</pre>", page, StringComparison.Ordinal);
        Assert.All(["laptop", "alice", "web", "deploy"], text => Assert.Contains($"<bdi>{text}</bdi>", page, StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.BadRequest), (unknown.StatusCode, nonsense.StatusCode));
        Assert.Equal(1, server.Server.ControlPlane.SshChecks.PendingCount);
    }

    /// <summary>Asks by a URL that the server gave, as clients fill it in; again while it says that nothing is decided.</summary>
    private static async Task<SshAction> FollowAsync(TestServer server, SimulatedNode source, SimulatedNode destination, string url, string user)
    {
        var path = new Uri(url).PathAndQuery
            .Replace("$SRC_NODE_ID", $"{server.Entry(source).Id}", StringComparison.Ordinal)
            .Replace("$DST_NODE_ID", $"{server.Entry(destination).Id}", StringComparison.Ordinal)
            .Replace("$LOCAL_USER", user, StringComparison.Ordinal);
        return ControlJson.Parse<SshAction>((await SshCheckNodes.GetAsync(destination, path)).Body);
    }

    private static async Task WaitingAsync(TestServer server)
    {
        while (server.Server.ControlPlane.SshChecks.Waiting == 0)
        {
            await Task.Delay(Glance, Token);
        }
    }

    private static Task ApproveAsync(TestServer server, string authId) =>
        WithAdminAsync(server, admin => admin.ApproveLoginAsync(new ApproveLoginRequest { AuthId = authId }, Token));

    private static async Task<T> WithAdminAsync<T>(TestServer server, Func<AdminClient, Task<T>> call)
    {
        using var channel = server.OpenAdmin();
        return await call(new AdminClient(channel, new RpcCallOptions()));
    }
}
