using System.Globalization;
using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Tests.Registration;

namespace MeshControl.Core.Tests.SshChecks;

public sealed class SshCheckServiceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestSSHCheckAuth")]
    public async Task Approve_OneLogin_IsGoodForItAndForNoOther()
    {
        await using var bench = await SshCheckBench.StartAsync();

        await bench.LogInAsync(bench.Laptop, bench.Web);

        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web)).Accept);
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Db)).Check);
        Assert.NotNull((await bench.AskAsync(bench.Phone, bench.Web)).Check);
        Assert.NotNull((await bench.AskAsync(bench.Desk, bench.Web)).Check);
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web, "deploy")).Check);
    }

    [Theory]
    [InlineData("", 12 * 60)]
    [InlineData(", \"checkPeriod\": \"30m\"", 30)]
    [InlineData(", \"checkPeriod\": \"168h\"", 7 * 24 * 60)]
    public async Task Approve_AsLongAsThePeriod_NobodyIsAskedAgain(string rule, int minutes)
    {
        await using var bench = await SshCheckBench.StartAsync(rule);
        await bench.LogInAsync(bench.Laptop, bench.Web);

        bench.Server.Time.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
        bench.Sweep();
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web)).Accept);

        bench.Server.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web)).Check);
    }

    [Fact]
    public async Task Approve_WithoutARememberedPeriod_IsGoodForTheOneConnection()
    {
        await using var bench = await SshCheckBench.StartAsync(", \"checkPeriod\": \"always\"");
        var (first, second) = (await bench.BeginAsync(bench.Laptop, bench.Web), await bench.BeginAsync(bench.Laptop, bench.Web));
        Assert.NotEqual(first, second);

        Assert.Null((await bench.ApproveAsync(first)).Error);

        // The one who missed the word because the connection broke asks again with the same id.
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web, authId: first)).Accept);
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web)).Check);
        Assert.Equal(CoreErrorKind.NotFound, (await bench.ApproveAsync(first)).Error!.Kind);
        bench.Server.Time.Advance(SshCheck.Lifetime);
        Assert.NotEqual(first, (await bench.AskAsync(bench.Laptop, bench.Web, authId: first)).Check!.Id);
    }

    [Fact]
    public async Task Ask_SeveralConnectionsOfOneLogin_OneWordIsGoodForAll()
    {
        await using var bench = await SshCheckBench.StartAsync();
        var authId = await bench.BeginAsync(bench.Laptop, bench.Web);
        Assert.Equal(authId, await bench.BeginAsync(bench.Laptop, bench.Web));
        var waiting = Enumerable.Range(0, 3).Select(_ => bench.AskAsync(bench.Laptop, bench.Web, authId: authId)).ToArray();

        Assert.Null((await bench.ApproveAsync($"https://mesh.test/auth/{authId}")).Error);

        Assert.All(await Task.WhenAll(waiting), answer => Assert.True(answer.Accept!.Accept));
        Assert.Equal(0, bench.Checks.Waiting);
    }

    [Fact]
    public async Task Ask_RuleThatAccepts_AsksNobody()
    {
        await using var bench = await SshCheckBench.StartAsync();
        await bench.SetRulesAsync("""{"action": "accept", "src": ["anna@"], "dst": ["tag:web"], "users": ["root"]}""");

        Assert.True((await bench.AskAsync(bench.Laptop, bench.Web)).Accept is { Accept: true, AllowAgentForwarding: true });
        Assert.Equal("The policy does not let you log in here as deploy.", (await bench.AskAsync(bench.Laptop, bench.Web, "deploy")).Reject);
        Assert.NotNull((await bench.AskAsync(bench.Desk, bench.Web)).Reject);
        Assert.Equal(0, bench.Checks.PendingCount);
    }

    [Fact]
    public async Task Ask_RulesForDifferentUsers_EachHasItsOwnPeriod()
    {
        await using var bench = await SshCheckBench.StartAsync();
        await bench.SetRulesAsync(
            """
            {"action": "check", "src": ["anna@"], "dst": ["tag:web"], "users": ["root"], "checkPeriod": "1m"},
            {"action": "check", "src": ["anna@"], "dst": ["tag:web"], "users": ["deploy"], "checkPeriod": "1h"}
            """);
        await bench.LogInAsync(bench.Laptop, bench.Web);
        await bench.LogInAsync(bench.Laptop, bench.Web, "deploy");

        bench.Server.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web)).Check);
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web, "deploy")).Accept);
    }

    [Fact]
    public async Task Reject_WhoWaits_IsTold()
    {
        await using var bench = await SshCheckBench.StartAsync();
        var authId = await bench.BeginAsync(bench.Laptop, bench.Web);
        var waiting = bench.AskAsync(bench.Laptop, bench.Web, authId: authId);

        Assert.Null(bench.Checks.Reject(authId, bench.Server.Tailnet).Error);

        Assert.Equal("An administrator rejected this connection.", (await waiting).Reject);
        Assert.Equal(CoreErrorKind.NotFound, (await bench.ApproveAsync(authId)).Error!.Kind);
        Assert.NotEqual(authId, await bench.BeginAsync(bench.Laptop, bench.Web));
    }

    [Fact]
    [Trait("Acceptance", "TestSSHCheckModeUnapprovedTimeout")]
    public async Task Sweep_NobodyDecided_WhoWaitsIsTold()
    {
        await using var bench = await SshCheckBench.StartAsync();
        var waiting = bench.AskAsync(bench.Laptop, bench.Web, authId: await bench.BeginAsync(bench.Laptop, bench.Web));

        bench.Server.Time.Advance(SshCheck.Lifetime);
        bench.Sweep();

        Assert.StartsWith("Nobody approved this connection within 25 minutes", (await waiting).Reject, StringComparison.Ordinal);
        Assert.Equal(0, bench.Checks.PendingCount);
    }

    [Fact]
    public async Task Ask_AboutTheCheckOfAnother_GetsOneOfItsOwn()
    {
        await using var bench = await SshCheckBench.StartAsync();
        var authId = await bench.BeginAsync(bench.Laptop, bench.Web);

        string[] others =
        [
            (await bench.AskAsync(bench.Laptop, bench.Db, authId: authId)).Check!.Id,
            (await bench.AskAsync(bench.Desk, bench.Web, authId: authId)).Check!.Id,
            (await bench.AskAsync(bench.Laptop, bench.Web, "deploy", authId)).Check!.Id,
            (await bench.AskAsync(bench.Phone, bench.Web, authId: AuthId.Generate())).Check!.Id,
            (await bench.AskAsync(bench.Phone, bench.Db, authId: "nonsense")).Check!.Id,
        ];

        Assert.Equal(6, others.Append(authId).Distinct().Count());
        Assert.Null((await bench.ApproveAsync(authId)).Error);
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Db, authId: authId)).Check);
    }

    [Fact]
    public async Task Approve_ByAPerson_HasToBeTheUserOfTheSource()
    {
        await using var bench = await SshCheckBench.StartAsync();
        var authId = await bench.BeginAsync(bench.Laptop, bench.Web);
        Assert.True(bench.Server.Snapshot.TryGetUser(RegistrationBench.Anna, out var anna));
        Assert.True(bench.Server.Snapshot.TryGetUser(RegistrationBench.Berta, out var berta));

        var other = await bench.Checks.ApproveAsync(authId, bench.Server.Tailnet, new VerifiedIdentity(berta.Id, RegisterMethod.Cli));
        var own = await bench.Checks.ApproveAsync(authId, bench.Server.Tailnet, new VerifiedIdentity(anna.Id, RegisterMethod.Cli));

        Assert.Equal(CoreErrorKind.Refused, other.Error!.Kind);
        Assert.Null(own.Error);
    }

    [Fact]
    public async Task Approve_DatabaseIsAway_NothingIsApprovedAndItCanBeTriedAgain()
    {
        await using var bench = await SshCheckBench.StartAsync();
        var authId = await bench.BeginAsync(bench.Laptop, bench.Web);
        var waiting = bench.AskAsync(bench.Laptop, bench.Web, authId: authId);
        await bench.Checks.FlushAsync(Cancel);
        bench.Server.Store.FailNextSshCheckSaves(1);

        Assert.Equal(CoreErrorKind.Unavailable, (await bench.ApproveAsync(authId)).Error!.Kind);

        Assert.False(waiting.IsCompleted);
        Assert.Null((await bench.ApproveAsync(authId)).Error);
        Assert.NotNull((await waiting).Accept);
        Assert.NotNull(Assert.Single(bench.Server.Store.SshChecks).ApprovedAt);
    }

    [Fact]
    public async Task Restart_CheckIsPending_WhoWaitedAsksAgainAndIsLetIn()
    {
        await using var bench = await SshCheckBench.StartAsync();
        var authId = await bench.BeginAsync(bench.Laptop, bench.Web);
        var waiting = bench.AskAsync(bench.Laptop, bench.Web, authId: authId);

        await bench.Server.RestartAsync();

        Assert.Equal((null, null, null), ((await waiting).Accept, (await waiting).Reject, (await waiting).Check));
        waiting = bench.AskAsync(bench.Laptop, bench.Web, authId: authId);
        Assert.Null((await bench.ApproveAsync(authId)).Error);
        Assert.NotNull((await waiting).Accept);
    }

    [Fact]
    public async Task Restart_AfterAnApproval_NobodyIsAskedAgain()
    {
        await using var bench = await SshCheckBench.StartAsync();
        await bench.LogInAsync(bench.Laptop, bench.Web);

        await bench.Server.RestartAsync();

        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web)).Accept);
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Db)).Check);
        Assert.Equal(2, Assert.Single(bench.Checks.PendingOf(bench.Server.Tailnet.Id)).Number);
    }

    [Fact]
    [Trait("Acceptance", "TestSSHCheckAuthClear")]
    public async Task Sweep_PolicyAsksNoMore_ApprovalsAndChecksAreDropped()
    {
        await using var bench = await SshCheckBench.StartAsync();
        await bench.LogInAsync(bench.Laptop, bench.Web);
        await bench.LogInAsync(bench.Phone, bench.Db);
        var waiting = bench.AskAsync(bench.Desk, bench.Web, authId: await bench.BeginAsync(bench.Desk, bench.Web));

        await bench.SetRulesAsync("""{"action": "check", "src": ["autogroup:member"], "dst": ["tag:db"], "users": ["root"]}""");
        bench.Sweep();
        await bench.SetCheckAsync();
        bench.Sweep();

        Assert.NotNull((await waiting).Reject);
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web)).Check);
        Assert.NotNull((await bench.AskAsync(bench.Phone, bench.Db)).Accept);
        await bench.Checks.FlushAsync(Cancel);
        Assert.Equal(
            [bench.Laptop, bench.Phone], bench.Server.Store.SshChecks.Select(check => check.Login.Source).OrderBy(source => source.Value));
    }

    [Fact]
    public async Task Ask_PeriodWasShortened_CountsAtOnce()
    {
        await using var bench = await SshCheckBench.StartAsync();
        await bench.LogInAsync(bench.Laptop, bench.Web);
        bench.Server.Time.Advance(TimeSpan.FromHours(2));

        await bench.SetCheckAsync(", \"checkPeriod\": \"1h\"");

        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web)).Check);
    }

    [Fact]
    public async Task Ask_SourceIsNotWhatItWas_ApprovalIsNotGoodAnyMore()
    {
        await using var bench = await SshCheckBench.StartAsync();
        await bench.LogInAsync(bench.Desk, bench.Web);
        await bench.LogInAsync(bench.Laptop, bench.Web);
        await bench.LogInAsync(bench.Phone, bench.Web);
        Assert.True(bench.Server.Snapshot.TryGetUser(RegistrationBench.Berta, out var berta));

        await bench.Server.EditNodeAsync(bench.Laptop, node => node with { Owner = berta.Id });
        await bench.Server.EditNodeAsync(bench.Phone, node => node with { Expiry = bench.Server.Now });

        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web)).Check);
        Assert.NotNull((await bench.AskAsync(bench.Phone, bench.Web)).Reject);
        await bench.Server.EditNodeAsync(bench.Desk, node => node with { NeedsApproval = true });
        Assert.NotNull((await bench.AskAsync(bench.Desk, bench.Web)).Reject);
    }

    [Fact]
    public async Task Sweep_NodeWasDeleted_NothingIsKeptOfIt()
    {
        await using var bench = await SshCheckBench.StartAsync();
        await bench.LogInAsync(bench.Laptop, bench.Web);
        await bench.LogInAsync(bench.Phone, bench.Db);
        var open = await bench.BeginAsync(bench.Desk, bench.Web);
        Assert.Null((await bench.Server.Tailnet.ExecuteAsync(new DeleteNodeCommand(bench.Web), Cancel)).Error);

        Assert.Equal(CoreErrorKind.Refused, (await bench.ApproveAsync(open)).Error!.Kind);
        bench.Server.Time.Advance(TimeSpan.FromMinutes(1));
        bench.Sweep();
        await bench.Checks.FlushAsync(Cancel);

        Assert.Equal(bench.Phone, Assert.Single(bench.Server.Store.SshChecks).Login.Source);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthCacheBoundedLRU")]
    public async Task Ask_OneDestinationFloods_ItPushesOutItself()
    {
        await using var bench = await SshCheckBench.StartAsync();
        var other = await bench.BeginAsync(bench.Laptop, bench.Db);
        var first = await bench.BeginAsync(bench.Laptop, bench.Web, "u0");
        var waiting = bench.AskAsync(bench.Laptop, bench.Web, "u0", first);

        for (var number = 1; number <= SshCheckService.MaxPerDestination; number++)
        {
            await bench.BeginAsync(bench.Laptop, bench.Web, string.Create(CultureInfo.InvariantCulture, $"u{number}"));
        }

        Assert.StartsWith("Too many connections wait", (await waiting).Reject, StringComparison.Ordinal);
        Assert.Equal(SshCheckService.MaxPerDestination + 1, bench.Checks.PendingCount);
        Assert.NotNull(bench.Checks.Find(other));
    }

    [Fact]
    public async Task Ask_OneMoreThanThereMayBe_TheOldestOfTheSourceThatHasMostGoes()
    {
        await using var bench = await SshCheckBench.StartAsync();
        var honest = await bench.BeginAsync(bench.Laptop, bench.Db);
        var key = await bench.Server.KeyAsync(user: null, tags: ["tag:web"], reusable: true);
        var flood = new List<string>();
        for (var machine = 100; bench.Checks.PendingCount < SshCheckService.MaxPending; machine++)
        {
            var destination = (await bench.Server.JoinAsync(machine, machine + 1000, key)).Id;
            for (var number = 0; number < SshCheckService.MaxPerDestination && bench.Checks.PendingCount < SshCheckService.MaxPending; number++)
            {
                flood.Add(await bench.BeginAsync(bench.Desk, destination, string.Create(CultureInfo.InvariantCulture, $"u{number}")));
            }
        }

        var late = await bench.BeginAsync(bench.Phone, bench.Db);

        Assert.Equal(SshCheckService.MaxPending, bench.Checks.PendingCount);
        Assert.All([honest, late, flood[1]], authId => Assert.NotNull(bench.Checks.Find(authId)));
        Assert.Null(bench.Checks.Find(flood[0]));
    }

    [Fact]
    public async Task Approve_OneMoreThanIsRemembered_TheOldestIsForgotten()
    {
        await using var bench = await SshCheckBench.StartAsync();
        var known = Enumerable.Range(1, SshCheckService.MaxApproved).Select(number => new SshCheck
        {
            Number = number,
            Id = AuthId.Generate(),
            Login = new SshLogin(
                bench.Server.Tailnet.Id,
                bench.Laptop,
                bench.Server.Nodes[0].Owner,
                bench.Web,
                string.Create(CultureInfo.InvariantCulture, $"u{number}")),
            CreatedAt = bench.Server.Now,
            ApprovedAt = bench.Server.Now.AddMicroseconds(number),
        }).ToArray();
        await bench.Server.Store.SaveSshChecksAsync([.. known.Select(check => KeyValuePair.Create(check.Number, (SshCheck?)check))], Cancel);
        await bench.Server.RestartAsync();
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web, "u1")).Accept);
        bench.Server.Time.Advance(TimeSpan.FromSeconds(1));

        await bench.LogInAsync(bench.Laptop, bench.Db);

        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web, "u1")).Check);
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Web, "u2")).Accept);
        Assert.NotNull((await bench.AskAsync(bench.Laptop, bench.Db)).Accept);
    }

    [Fact]
    public async Task Ask_OneMoreThanMayWait_IsToAskAgain()
    {
        await using var bench = await SshCheckBench.StartAsync();
        var authId = await bench.BeginAsync(bench.Laptop, bench.Web);
        var waiting = Enumerable.Range(0, SshCheckService.MaxWaiters)
            .Select(_ => bench.AskAsync(bench.Laptop, bench.Web, authId: authId)).ToArray();

        var more = await bench.AskAsync(bench.Laptop, bench.Web, authId: authId);

        Assert.Equal((null, null, null), (more.Accept, more.Reject, more.Check));
        Assert.Null((await bench.ApproveAsync(authId)).Error);
        await Task.WhenAll(waiting);
    }

    [Fact]
    [Trait("Acceptance", "TestSSHCheckAuthConcurrent")]
    public async Task AskAndApprove_ManyAtOnce_EachLoginIsDecidedOnce()
    {
        await using var bench = await SshCheckBench.StartAsync();
        NodeId[] sources = [bench.Laptop, bench.Phone, bench.Desk];
        NodeId[] destinations = [bench.Web, bench.Db];

        var approvals = await Task.WhenAll(
            from source in sources
            from destination in destinations
            from _ in Enumerable.Range(0, 10)
            select Task.Run(async () => (await bench.AskAsync(source, destination)).Check is { } check && (await bench.ApproveAsync(check.Id)).Error is null, Cancel));

        Assert.Equal(sources.Length * destinations.Length, approvals.Count(done => done));
        await bench.Checks.FlushAsync(Cancel);
        Assert.Equal(approvals.Count(done => done), bench.Server.Store.SshChecks.Count);
        Assert.Equal(0, bench.Checks.PendingCount);
    }

    [Fact]
    public async Task Find_OfAnotherKindOfRequest_IsNone()
    {
        await using var bench = await SshCheckBench.StartAsync();
        var authId = await bench.BeginAsync(bench.Laptop, bench.Web);

        Assert.Null(bench.Server.Logins.Find(authId));
        Assert.Equal(CoreErrorKind.NotFound, (await bench.Server.ApproveAsync(authId)).Error!.Kind);
    }
}
