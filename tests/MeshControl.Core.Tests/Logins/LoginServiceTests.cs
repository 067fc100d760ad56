using System.Globalization;
using MeshControl.Core.Keys;
using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Registration;
using MeshControl.Core.Storage;
using MeshControl.Core.Tests.Registration;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Logins;

public sealed class LoginServiceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_LoginIsPending_ClientGoesOnWaitingAndIsLetIn()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var request = Make.Register(70) with { OldNodeKey = Make.NodeKey(69), Ephemeral = true };
        var authId = await bench.AskAsync(7, request);
        var waiting = bench.FollowAsync(7, request, authId);
        var before = Assert.Single(bench.Logins.Pending);

        await bench.RestartAsync();

        // Those who wait at a stop are to ask again, by the same URL.
        var undecided = await waiting;
        Assert.Equal((RegistrationOutcome.NeedsLogin, authId), (undecided.Outcome, undecided.AuthId));
        Assert.Equal(before, Assert.Single(bench.Logins.Pending));
        waiting = bench.FollowAsync(7, request, authId);
        Assert.Null((await bench.ApproveAsync(authId)).Error);
        Assert.Equal(RegistrationOutcome.Authorized, (await waiting).Outcome);
        await bench.RestartAsync();
        Assert.Empty(bench.Logins.Pending);
        Assert.Empty(bench.Store.Logins);
    }

    [Fact]
    public async Task Restart_NumbersGoOn()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.AskAsync(7, Make.Register(70));
        await bench.RestartAsync();
        await bench.AskAsync(8, Make.Register(80));

        Assert.Equal([1L, 2], bench.Logins.Pending.Select(login => login.Number));
    }

    [Fact]
    public async Task Restart_AfterTheEndOfALogin_ItIsGone()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));
        await bench.RestartAsync();
        bench.Time.Advance(PendingLogin.Lifetime);

        Assert.Null(bench.Logins.Find(authId));
        Assert.Equal(CoreErrorKind.NotFound, (await bench.ApproveAsync(authId)).Error!.Kind);
    }

    [Fact]
    public async Task Save_DatabaseIsAway_IsTriedAgain()
    {
        await using var bench = await RegistrationBench.StartAsync();
        bench.Store.FailNextLoginSaves(1);
        await bench.AskAsync(7, Make.Register(70));

        await bench.Logins.FlushAsync(Cancel);
        Assert.Empty(bench.Store.Logins);
        await bench.Logins.FlushAsync(Cancel);

        Assert.Equal(bench.Logins.Pending, bench.Store.Logins);
    }

    [Fact]
    public async Task Approve_CommitFails_LoginStaysAndNobodyIsTold()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));
        var waiting = bench.FollowAsync(7, Make.Register(70), authId);
        bench.Store.FailNextCommit(CommitOutcome.Unavailable);

        Assert.Equal(CoreErrorKind.Unavailable, (await bench.ApproveAsync(authId)).Error!.Kind);

        Assert.False(waiting.IsCompleted);
        Assert.Empty(bench.Nodes);
        Assert.Null((await bench.ApproveAsync(authId)).Error);
        Assert.Equal(RegistrationOutcome.Authorized, (await waiting).Outcome);
    }

    [Fact]
    public async Task Approve_WithTheUrlOfThePage_IsTheSame()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));

        Assert.Null((await bench.ApproveAsync($" https://mesh.test/register/{authId} ")).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("mckey-authreq-")]
    [InlineData("mckey-authreq-0000000000000000000000000000000G")]
    [InlineData("mckey-authreq-000000000000000000000000000000000")]
    public async Task Approve_BadId_IsInvalid(string authId)
    {
        await using var bench = await RegistrationBench.StartAsync();

        Assert.Equal(CoreErrorKind.Invalid, (await bench.ApproveAsync(authId)).Error!.Kind);
        Assert.Equal(CoreErrorKind.Invalid, bench.Logins.Reject(authId).Error!.Kind);
    }

    [Fact]
    public async Task Approve_UserWasRemovedMeanwhile_IsNotFoundAndTheLoginStays()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));

        var result = await bench.Logins.ApproveAsync(authId, bench.Tailnet, new VerifiedIdentity(new UserId(99), RegisterMethod.Cli));

        Assert.Equal(CoreErrorKind.NotFound, result.Error!.Kind);
        Assert.Single(bench.Logins.Pending);
    }

    [Fact]
    public async Task Follow_OtherMachineOrNodeKey_LearnsNothing()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));

        var thief = await bench.FollowAsync(8, Make.Register(70), authId);
        var other = await bench.FollowAsync(9, Make.Register(90), authId);

        Assert.Equal(RegistrationOutcome.NeedsLogin, thief.Outcome);
        Assert.Equal(3, new[] { authId, thief.AuthId, other.AuthId }.Distinct().Count());
        Assert.Null((await bench.ApproveAsync(authId)).Error);
        Assert.Equal(Make.Machine(7), bench.OnlyNode.MachineKey);
        await bench.RefusedAsync(
            "node exists with a different machine key", bench.FollowAsync(8, Make.Register(70), thief.AuthId), bench.Store.Batches.Count);
    }

    [Fact]
    public async Task Approve_NodeKeyWasTakenByAnotherMachine_IsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var first = await bench.AskAsync(7, Make.Register(70));
        var second = await bench.AskAsync(8, Make.Register(70));
        Assert.Null((await bench.ApproveAsync(first)).Error);

        Assert.Equal(CoreErrorKind.AlreadyExists, (await bench.ApproveAsync(second)).Error!.Kind);
        Assert.Equal(Make.Machine(7), bench.OnlyNode.MachineKey);
    }

    [Fact]
    public async Task Approve_ForTwoUsersAtOnce_OneGetsTheDevice()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));

        var results = await Task.WhenAll(bench.ApproveAsync(authId), bench.ApproveAsync(authId, RegistrationBench.Berta));

        Assert.Single(results, result => result.Error is null);
        Assert.Single(bench.Nodes);
    }

    [Fact]
    public async Task Follow_WithAnAuthKeyToo_WaitsAllTheSame()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));

        var waiting = bench.FollowAsync(7, Make.Register(70, "nonsense"), authId);

        Assert.False(waiting.IsCompleted);
        Assert.Null((await bench.ApproveAsync(authId)).Error);
        Assert.Equal(RegistrationOutcome.Authorized, (await waiting).Outcome);
    }

    [Fact]
    public async Task Logout_WithAFollowup_IsALogout()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));

        var result = await bench.FollowAsync(7, Make.Register(70) with { Expiry = DateTimeOffset.UnixEpoch }, authId);

        Assert.Equal(RegistrationOutcome.LoggedOut, result.Outcome);
    }

    [Fact]
    public async Task Follow_NodeWasRemovedAtOnce_GetsANewLogin()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));
        var node = (await bench.ApproveAsync(authId)).Value;
        await bench.Tailnet.ExecuteAsync(new DeleteNodeCommand(node.Id), Cancel);

        var result = await bench.FollowAsync(7, Make.Register(70), authId);

        Assert.Equal(RegistrationOutcome.NeedsLogin, result.Outcome);
        Assert.NotEqual(authId, result.AuthId);
    }

    [Fact]
    public async Task Follow_OneMoreThanMayWait_IsToldToAskAgain()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));
        var waiting = Enumerable.Range(0, LoginService.MaxWaiters).Select(_ => bench.FollowAsync(7, Make.Register(70), authId)).ToArray();

        var more = await bench.FollowAsync(7, Make.Register(70), authId);

        Assert.Equal((RegistrationOutcome.NeedsLogin, authId), (more.Outcome, more.AuthId));
        Assert.Null((await bench.ApproveAsync(authId)).Error);
        Assert.All(await Task.WhenAll(waiting), result => Assert.Equal(RegistrationOutcome.Authorized, result.Outcome));
    }

    [Fact]
    public async Task Ask_MachineAsksForSomethingElse_ItsOldLoginGoes()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var first = await bench.AskAsync(7, Make.Register(70));
        var second = await bench.AskAsync(7, Make.Register(71));
        var third = await bench.AskAsync(7, Make.Register(71, hostname: "other"));

        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
        Assert.Equal([third], bench.Logins.Pending.Select(login => login.Id));
    }

    [Fact]
    public async Task Ask_OneMoreThanAMachineMayHave_ItsOldestGoes()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var waiting = new List<(string AuthId, Task<RegistrationResult> Answer)>();
        for (var number = 0; number <= LoginService.MaxPerMachine; number++)
        {
            var authId = await bench.AskAsync(7, Make.Register(number));
            waiting.Add((authId, bench.FollowAsync(7, Make.Register(number), authId)));
        }

        // It asks again a moment later, and not at once, or two of them could take turns.
        Assert.Equal((RegistrationOutcome.NeedsLogin, waiting[0].AuthId), ((await waiting[0].Answer).Outcome, (await waiting[0].Answer).AuthId));
        Assert.Equal(waiting.Skip(1).Select(one => one.AuthId), bench.Logins.Pending.Select(login => login.Id));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthCacheBoundedLRU")]
    public async Task Ask_OneMoreThanThereMayBe_TheOldestOfTheLargestCrowdGoes()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var honest = await bench.AskAsync(1, Make.Register(1));
        var oldest = await bench.AskAsync(2, Make.Register(2), AddressOf(2));
        for (var number = 3; number <= LoginService.MaxPending; number++)
        {
            await bench.AskAsync(number, Make.Register(number), AddressOf(number));
        }

        Assert.Equal(LoginService.MaxPending, bench.Logins.Pending.Count);
        var waiting = bench.FollowAsync(2, Make.Register(2), oldest);
        Assert.False(waiting.IsCompleted);
        var last = await bench.AskAsync(5000, Make.Register(5000), "198.51.100.1");

        var left = bench.Logins.Pending;
        Assert.Equal((LoginService.MaxPending, honest, last), (left.Count, left[0].Id, left[^1].Id));
        Assert.DoesNotContain(left, login => login.Id == oldest);

        // Its client asks again a moment later; the others can be let in as before.
        Assert.Equal((RegistrationOutcome.NeedsLogin, oldest), ((await waiting).Outcome, (await waiting).AuthId));
        Assert.NotNull((await bench.ApproveAsync(honest)).Value);

        // One customer's network.
        static string AddressOf(int number) => "2001:db8:0:1::" + number.ToString("x", CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Ask_OneMoreThanIsConfigured_TheOldestGoes()
    {
        await using var bench = await RegistrationBench.StartAsync();
        bench.Logins.Capacity = 2;
        foreach (var number in Enumerable.Range(1, 3))
        {
            await bench.AskAsync(number, Make.Register(number));
        }

        Assert.Equal([2, 3], bench.Logins.Pending.Select(login => login.Number));
    }

    [Fact]
    public async Task Join_ByKey_AnAbandonedLoginCannotTakeTheNodeKeyLater()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var abandoned = await bench.AskAsync(7, Make.Register(70));

        var node = await bench.JoinAsync(7, 71, await bench.KeyAsync());

        Assert.Equal(CoreErrorKind.NotFound, (await bench.ApproveAsync(abandoned)).Error!.Kind);
        Assert.Equal(node, bench.OnlyNode);
    }

    [Fact]
    public async Task Approve_NodeIsConnected_OldNodeKeyWorksUntilThen()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.LogInAsync(7, Make.Register(70));

        var authId = await bench.AskAsync(7, Make.Register(71) with { OldNodeKey = Make.NodeKey(70) });

        Assert.True(bench.Snapshot.Nodes.TryGet(Make.NodeKey(70), out _));
        await bench.ApproveAsync(authId);
        Assert.False(bench.Snapshot.Nodes.TryGet(Make.NodeKey(70), out _));
    }

    [Fact]
    public async Task PreviousOwner_KnownDevice_IsItsUser()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var anna = (await bench.LogInAsync(7, Make.Register(70))).Owner;
        await bench.LogInAsync(7, Make.Register(71), RegistrationBench.Berta);

        var follows = await bench.AskAsync(7, Make.Register(72) with { OldNodeKey = Make.NodeKey(70) });
        Assert.Equal(anna, bench.Logins.PreviousOwner(follows, bench.Snapshot).Value);

        // After a logout nothing tells which of the two it is.
        var either = await bench.AskAsync(7, Make.Register(73));
        Assert.Equal(CoreErrorKind.Refused, bench.Logins.PreviousOwner(either, bench.Snapshot).Error!.Kind);
        var unknown = await bench.AskAsync(8, Make.Register(80));
        Assert.Equal(CoreErrorKind.Refused, bench.Logins.PreviousOwner(unknown, bench.Snapshot).Error!.Kind);
    }

    [Fact]
    public async Task PreviousOwner_DeviceThatLoggedOut_IsItsUser()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.LogInAsync(7, Make.Register(70), RegistrationBench.Berta);
        await bench.LogoutAsync(7, 70);

        var authId = await bench.AskAsync(7, Make.Register(71));

        Assert.Equal(node.Owner, bench.Logins.PreviousOwner(authId, bench.Snapshot).Value);
        Assert.Equal(node.Id, (await bench.ApproveAsync(authId, RegistrationBench.Berta)).Value.Id);
    }

    [Fact]
    [Trait("Acceptance", "TestWebAuthRejectsUnauthorizedRequestTags")]
    public async Task Approve_TagsThatTheUserDoesNotOwn_IsRefusedAndNobodyJoins()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await SetOwnersAsync(bench, "berta@");
        var authId = await bench.AskAsync(7, WithTags(Make.Register(70), "tag:a"));

        var result = await bench.ApproveAsync(authId);

        Assert.Equal(CoreErrorKind.Refused, result.Error!.Kind);
        Assert.StartsWith("requested tags [tag:a] are invalid or not permitted", result.Error.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Nodes);
        Assert.Null((await bench.ApproveAsync(authId, RegistrationBench.Berta)).Error);
    }

    [Fact]
    [Trait("Acceptance", "TestWebAuthReauthWithEmptyTagsRemovesAllTags")]
    public async Task Approve_OwnedTags_NodeBelongsToThemAndGoesBackByALoginWithoutThem()
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(1) });
        await SetOwnersAsync(bench, "anna@");
        var node = await bench.LogInAsync(7, WithTags(Make.Register(70), "tag:a", "tag:a"));
        Assert.Equal((null, null, "tag:a"), (node.Owner, node.Expiry, Assert.Single(node.Tags)));

        var back = await bench.LogInAsync(7, Make.Register(71) with { OldNodeKey = Make.NodeKey(70) });
        Assert.Equal((node.Id, bench.Now.AddDays(1)), (back.Id, back.Expiry));
        Assert.Empty(back.Tags);
        Assert.NotNull(back.Owner);

        var again = await bench.LogInAsync(7, WithTags(Make.Register(72), "tag:a") with { OldNodeKey = Make.NodeKey(71) });
        Assert.Equal((node.Id, null), (again.Id, again.Owner));
    }

    [Fact]
    [Trait("Acceptance", "TestHandleNodeFromAuthPath_OldUserNil_NoPanic")]
    public async Task Approve_MachineHasATaggedNode_UserGetsANodeOfTheirOwn()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var tagged = await bench.JoinAsync(7, 70, await bench.KeyAsync(user: null, tags: ["tag:a"]));
        await bench.LogoutAsync(7, 70);

        var own = await bench.LogInAsync(7, Make.Register(71));

        Assert.NotEqual(tagged.Id, own.Id);
        Assert.Equal(["tag:a"], bench.Nodes[0].Tags);
    }

    [Fact]
    public async Task Approve_MoreTagsThanANodeMayHave_GetsSoMany()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var tags = Enumerable.Range(0, TagNames.MaxTags + 1).Select(number => $"tag:t{number}").ToArray();
        await SetOwnersAsync(bench, "anna@", tags);

        // The client's own list is cut before.
        var node = await bench.LogInAsync(7, WithTags(Make.Register(70), tags));

        Assert.Equal(TagNames.MaxTags, node.Tags.Length);
    }

    private static async Task SetOwnersAsync(RegistrationBench bench, string owner, params string[] tags)
    {
        var owners = string.Join(", ", (tags is [] ? ["tag:a"] : tags).Select(tag => $"\"{tag}\": [\"{owner}\"]"));
        Assert.Null((await bench.Tailnet.Policies.SetAsync($"{{ \"tagOwners\": {{ {owners} }} }}", "test", Cancel)).Error);
    }

    private static RegisterRequest WithTags(RegisterRequest request, params string[] tags) =>
        request with { Hostinfo = request.Hostinfo! with { RequestTags = WireSet.CopyOf(tags) } };
}
