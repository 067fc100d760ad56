using MeshControl.Core.Logins;
using MeshControl.Core.Registration;
using MeshControl.Core.Tests.Registration;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Logins;

/// <summary>Headscale's table of registrations, one test a row, by its names.</summary>
public sealed class AuthenticationFlowTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/preauth_key_valid_new_node")]
    public async Task PreauthKeyValidNewNode()
    {
        await using var bench = await RegistrationBench.StartAsync();

        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());

        Assert.False(node.IsExpired(bench.Now));
        Assert.Equal(node, bench.OnlyNode);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/preauth_key_reusable_multiple_nodes")]
    public async Task PreauthKeyReusableMultipleNodes()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);

        await bench.JoinAsync(7, 70, key);
        await bench.JoinAsync(8, 80, key);

        Assert.Equal(2, bench.Nodes.Length);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/preauth_key_single_use_exhausted")]
    public async Task PreauthKeySingleUseExhausted()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();
        await bench.JoinAsync(7, 70, key);

        await bench.RefusedAsync("authkey already used", bench.RegisterAsync(8, 80, key), bench.Store.Batches.Count);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/preauth_key_invalid")]
    public async Task PreauthKeyInvalid()
    {
        await using var bench = await RegistrationBench.StartAsync();

        await bench.RefusedAsync("invalid authkey", bench.RegisterAsync(7, 70, "nonsense"), 0);
        Assert.Empty(bench.Logins.Pending);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/preauth_key_expired")]
    public async Task PreauthKeyExpired()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(lifetime: Day);
        bench.Time.Advance(Day);

        await bench.RefusedAsync("authkey expired", bench.RegisterAsync(7, 70, key), 1);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/preauth_key_ephemeral_node")]
    public async Task PreauthKeyEphemeralNode()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(ephemeral: true);

        var node = await bench.JoinAsync(7, 70, key);

        Assert.True(node.Ephemeral);
        Assert.Equal(bench.Key(key).Id, node.AuthKey);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/preauth_key_with_acl_tags")]
    public async Task PreauthKeyWithAclTags()
    {
        await using var bench = await RegistrationBench.StartAsync();

        Assert.Equal(["tag:a", "tag:b"], (await bench.JoinAsync(7, 70, await bench.KeyAsync(tags: ["tag:b", "tag:a"]))).Tags);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/preauth_key_rejects_request_tags")]
    public async Task PreauthKeyRejectsRequestTags()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();

        await bench.RefusedAsync(
            "requested tags [tag:a] are invalid or not permitted", bench.RegisterAsync(7, WithTags(Make.Register(70, key), "tag:a")), 1);
    }

    // A tag that the key gives anyway may be asked for here.
    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/tagged_preauth_key_rejects_client_request_tags")]
    public async Task TaggedPreauthKeyRejectsClientRequestTags()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(tags: ["tag:a"]);

        await bench.RefusedAsync(
            "requested tags [tag:b] are invalid or not permitted", bench.RegisterAsync(7, WithTags(Make.Register(70, key), "tag:b")), 1);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/preauth_key_usage_count_tracking")]
    public async Task PreauthKeyUsageCountTracking()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();
        Assert.Null(bench.Key(key).UsedAt);

        await bench.JoinAsync(7, 70, key);

        Assert.Equal(bench.Now, bench.Key(key).UsedAt);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/full_interactive_workflow_new_node")]
    public async Task FullInteractiveWorkflowNewNode()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));
        var waiting = bench.FollowAsync(7, Make.Register(70), authId);
        Assert.Empty(bench.Nodes);
        Assert.False(waiting.IsCompleted);

        var entry = (await bench.ApproveAsync(authId)).Value;

        var result = await waiting;
        Assert.Equal((RegistrationOutcome.Authorized, entry.Id), (result.Outcome, result.Entry!.Id));
        Assert.Equal((Make.Machine(7), Make.NodeKey(70), Make.NlKey(70)), (entry.Node.MachineKey, entry.Node.NodeKey, entry.Node.NetworkLockKey));
        Assert.Equal((Model.RegisterMethod.Cli, null), (entry.Node.Method, entry.Node.AuthKey));
        Assert.Equal((bench.Snapshot.UsersByName[RegistrationBench.Anna], "laptop"), (entry.Node.Owner, entry.Node.GivenName));
        Assert.NotNull(entry.Node.IPv4);
        Assert.Empty(bench.Logins.Pending);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_workflow_no_auth_struct")]
    public async Task InteractiveWorkflowNoAuthStruct()
    {
        await using var bench = await RegistrationBench.StartAsync();

        await bench.AskAsync(7, Make.Register(70) with { Auth = null });
        await bench.AskAsync(8, Make.Register(80) with { Auth = new RegisterAuth() });
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_workflow_with_custom_hostinfo")]
    public async Task InteractiveWorkflowWithCustomHostinfo()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var hostinfo = new Hostinfo
        {
            Hostname = "Joe's Mac mini",
            Os = "macOS",
            OsVersion = "15.1",
            DeviceModel = "Macmini9,1",
            RoutableIps = [IpPrefix.Parse("10.0.0.0/8")],
        };

        var node = await bench.LogInAsync(7, Make.Register(70) with { Hostinfo = hostinfo });

        Assert.Equal((hostinfo, "joes-mac-mini"), (node.Hostinfo, node.GivenName));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_workflow_registration_id_generation")]
    public async Task InteractiveWorkflowRegistrationIdGeneration()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var ids = new HashSet<string>();

        for (var machine = 1; machine <= 10; machine++)
        {
            Assert.True(ids.Add(await bench.AskAsync(machine, Make.Register(machine))));
        }

        Assert.All(ids, id => Assert.Equal((AuthId.Length, true), (id.Length, id.StartsWith(AuthId.Scheme, StringComparison.Ordinal))));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_workflow_concurrent_registrations")]
    public async Task InteractiveWorkflowConcurrentRegistrations()
    {
        await using var bench = await RegistrationBench.StartAsync();

        var nodes = await Task.WhenAll(Enumerable.Range(1, 10).Select(
            number => bench.LogInAsync(number, Make.Register(number, hostname: $"host{number}"))));

        Assert.Equal(nodes.Select(node => node.Id).Order(Comparer<Model.NodeId>.Create((left, right) => left.Value.CompareTo(right.Value))), bench.Nodes.Select(node => node.Id));
        Assert.All(nodes, node => Assert.Equal(Array.IndexOf(nodes, node) + 1, int.Parse(node.Hostname["host".Length..], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_workflow_node_key_rotation")]
    public async Task InteractiveWorkflowNodeKeyRotation()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.LogInAsync(7, Make.Register(70));

        var rotated = await bench.LogInAsync(7, Make.Register(71) with { OldNodeKey = Make.NodeKey(70) });

        Assert.Equal((node.Id, node.IPv4, Make.NodeKey(71)), (rotated.Id, rotated.IPv4, rotated.NodeKey));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("\0\u202e<script>")]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_workflow_with_nil_hostinfo")]
    [Trait("Acceptance", "TestAuthenticationFlows/nil_hostinfo")]
    [Trait("Acceptance", "TestAuthenticationFlows/empty_hostname")]
    [Trait("Acceptance", "TestAuthenticationFlows/malformed_hostinfo_invalid_data")]
    public async Task InteractiveWorkflowWithUnusableHostinfo(string? hostname)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var request = Make.Register(70) with { Hostinfo = hostname is null ? null : new Hostinfo { Hostname = hostname } };

        var node = await bench.LogInAsync(7, request);

        Assert.Matches("^[a-z][a-z0-9-]*$", node.GivenName);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_workflow_multiple_steps_same_node")]
    public async Task InteractiveWorkflowMultipleStepsSameNode()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));

        Assert.Equal(authId, await bench.AskAsync(7, Make.Register(70)));
        var node = await bench.LogInAsync(7, Make.Register(70));

        Assert.Equal(node.Id, (await bench.JoinAsync(7, Make.Register(70))).Id);
        Assert.Single(bench.Nodes);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_workflow_complete_second_of_multiple_pending")]
    public async Task InteractiveWorkflowCompleteSecondOfMultiplePending()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var first = await bench.AskAsync(7, Make.Register(70));
        var firstWaits = bench.FollowAsync(7, Make.Register(70), first);
        var second = await bench.AskAsync(7, Make.Register(71));
        var secondWaits = bench.FollowAsync(7, Make.Register(71), second);

        Assert.Null((await bench.ApproveAsync(second)).Error);

        Assert.Equal(Make.NodeKey(71), (await secondWaits).Entry!.Node.NodeKey);
        Assert.False(firstWaits.IsCompleted);
        Assert.Equal([first], bench.Logins.Pending.Select(login => login.Id));
        Assert.Single(bench.Nodes);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("ftp://mesh.test/register/mckey-authreq-1")]
    [InlineData("https://mesh.test/")]
    [InlineData("https://mesh.test/register/")]
    [InlineData("https://mesh.test/register/a/b")]
    [InlineData("https://mesh.test/wrong/mckey-authreq-1")]
    [InlineData("//register/x")]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_workflow_malformed_followup_url")]
    [Trait("Acceptance", "TestAuthenticationFlows/followup_invalid_url")]
    [Trait("Acceptance", "TestAuthenticationFlows/followup_registration_malformed_path")]
    [Trait("Acceptance", "TestAuthenticationFlows/followup_registration_wrong_path_format")]
    public async Task FollowupThatIsNoLoginPage(string url)
    {
        await using var bench = await RegistrationBench.StartAsync();

        await bench.RefusedAsync(
            "what the client waits for is no login page", bench.RegisterAsync(7, Make.Register(70) with { Followup = url }), 0);
        Assert.Empty(bench.Logins.Pending);
    }

    // What failed can be tried again; the login goes when somebody rejects it or its time is over.
    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_workflow_registration_cache_cleanup_on_error")]
    public async Task InteractiveWorkflowRegistrationCacheCleanupOnError()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));
        var waiting = bench.FollowAsync(7, Make.Register(70), authId);

        Assert.Null(bench.Logins.Reject(authId).Error);

        var result = await waiting;
        Assert.Equal((RegistrationOutcome.Refused, "an administrator rejected this login"), (result.Outcome, result.Message));
        Assert.Empty(bench.Logins.Pending);
        Assert.Empty(bench.Nodes);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_workflow_timeout_cleanup")]
    public async Task InteractiveWorkflowTimeoutCleanup()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));
        var waiting = bench.FollowAsync(7, Make.Register(70), authId);

        bench.Time.Advance(PendingLogin.Lifetime);
        bench.Logins.Sweep();

        var fresh = await waiting;
        Assert.Equal(RegistrationOutcome.NeedsLogin, fresh.Outcome);
        Assert.Equal([fresh.AuthId], bench.Logins.Pending.Select(login => login.Id));
        Assert.NotEqual(authId, fresh.AuthId);
        Assert.Equal(CoreErrorKind.NotFound, (await bench.ApproveAsync(authId)).Error!.Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Acceptance", "TestWebFlowReauthDifferentUser")]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_workflow_with_existing_node_different_user_creates_new_node")]
    [Trait("Acceptance", "TestAuthenticationFlows/interactive_reauth_existing_node_different_user_creates_new_node")]
    public async Task InteractiveReauthExistingNodeDifferentUserCreatesNewNode(bool follows)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var old = await bench.LogInAsync(7, Make.Register(70));

        var other = await bench.LogInAsync(
            7, Make.Register(71) with { OldNodeKey = follows ? Make.NodeKey(70) : default }, RegistrationBench.Berta);

        Assert.NotEqual(old.Id, other.Id);
        Assert.Equal([old, other], bench.Nodes);
        Assert.Equal(bench.Snapshot.UsersByName[RegistrationBench.Berta], other.Owner);
        Assert.True(bench.Snapshot.Nodes.TryGet(Make.NodeKey(70), out _));
        Assert.True(bench.Snapshot.Nodes.TryGet(Make.NodeKey(71), out _));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/reauth_existing_node_different_user_auth_key")]
    public async Task ReauthExistingNodeDifferentUserAuthKey()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var old = await bench.JoinAsync(7, 70, await bench.KeyAsync());

        var other = await bench.JoinAsync(7, 71, await bench.KeyAsync(RegistrationBench.Berta));

        Assert.Equal([old, other], bench.Nodes);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/existing_node_logout")]
    public async Task ExistingNodeLogout()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.LogInAsync(7, Make.Register(70));

        Assert.Equal(RegistrationOutcome.LoggedOut, (await bench.LogoutAsync(7, 70)).Outcome);
        Assert.True(bench.OnlyNode.IsExpired(bench.Now));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/existing_node_machine_key_mismatch")]
    public async Task ExistingNodeMachineKeyMismatch()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.LogInAsync(7, Make.Register(70));

        await bench.RefusedAsync("node exists with a different machine key", bench.RegisterAsync(8, 70), bench.Store.Batches.Count);
        Assert.Empty(bench.Logins.Pending);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/existing_node_key_extension_not_allowed")]
    public async Task ExistingNodeKeyExtensionNotAllowed()
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = Day });
        await bench.LogInAsync(7, Make.Register(70));

        await bench.RefusedAsync(
            "extending key is not allowed",
            bench.RegisterAsync(7, Make.Register(70) with { Expiry = bench.Now + (2 * Day) }),
            bench.Store.Batches.Count);
    }

    // In two steps, which clients take at once: a new node key, then the login.
    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/existing_node_expired_forces_reauth")]
    public async Task ExistingNodeExpiredForcesReauth()
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = Day });
        var node = await bench.LogInAsync(7, Make.Register(70));
        bench.Time.Advance(Day);

        Assert.Equal(RegistrationOutcome.KeyExpired, (await bench.RegisterAsync(7, 70)).Outcome);
        var back = await bench.LogInAsync(7, Make.Register(71) with { OldNodeKey = Make.NodeKey(70) });

        Assert.Equal((node.Id, bench.Now + Day), (back.Id, back.Expiry));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/ephemeral_node_logout_deletion")]
    public async Task EphemeralNodeLogoutDeletion()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.LogInAsync(7, Make.Register(70) with { Ephemeral = true });
        Assert.True(node.Ephemeral);

        await bench.LogoutAsync(7, 70);

        Assert.Empty(bench.Nodes);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/existing_node_reauth_with_new_authkey")]
    public async Task ExistingNodeReauthWithNewAuthkey()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.LogInAsync(7, Make.Register(70));
        var key = await bench.KeyAsync();

        var again = await bench.JoinAsync(7, 71, key);

        Assert.Equal((node.Id, Make.NodeKey(71)), (again.Id, again.NodeKey));
        Assert.Equal((Model.RegisterMethod.AuthKey, bench.Key(key).Id), (again.Method, again.AuthKey));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/existing_node_reauth_interactive_flow")]
    public async Task ExistingNodeReauthInteractiveFlow()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync(ephemeral: true));

        var again = await bench.LogInAsync(7, Make.Register(71) with { OldNodeKey = Make.NodeKey(70) });

        Assert.Equal((node.Id, Make.NodeKey(71)), (again.Id, again.NodeKey));
        Assert.Equal((Model.RegisterMethod.Cli, null, false), (again.Method, again.AuthKey, again.Ephemeral));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/node_key_rotation_same_machine")]
    public async Task NodeKeyRotationSameMachine()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        var node = await bench.JoinAsync(7, 70, key);

        var again = await bench.JoinAsync(7, Make.Register(71, key) with { OldNodeKey = Make.NodeKey(70) });

        Assert.Equal((node.Id, Make.NodeKey(71)), (again.Id, again.NodeKey));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/followup_registration_success")]
    public async Task FollowupRegistrationSuccess()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));
        var approved = (await bench.ApproveAsync(authId)).Value;

        // Nobody waited; the decision stands.
        var result = await bench.FollowAsync(7, Make.Register(70), authId);

        Assert.Equal((RegistrationOutcome.Authorized, approved.Id), (result.Outcome, result.Entry!.Id));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/followup_registration_timeout")]
    public async Task FollowupRegistrationTimeout()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));
        using var leaving = new CancellationTokenSource();
        var waiting = bench.FollowUntilAsync(7, Make.Register(70), authId, leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal([authId], bench.Logins.Pending.Select(login => login.Id));
    }

    [Theory]
    [InlineData("hskey-authreq-WfTCQbVMwAdjD2v4wHEguLmY")]
    [InlineData("mckey-authreq-00000000000000000000000000000000")]
    [Trait("Acceptance", "TestAuthenticationFlows/followup_registration_not_found")]
    [Trait("Acceptance", "TestAuthenticationFlows/followup_registration_node_nil_response")]
    [Trait("Acceptance", "TestAuthenticationFlows/followup_request_after_cache_expiry")]
    public async Task FollowupOfAnUnknownLogin(string authId)
    {
        await using var bench = await RegistrationBench.StartAsync();

        var result = await bench.FollowAsync(7, Make.Register(70), authId);

        Assert.Equal((RegistrationOutcome.NeedsLogin, ""), (result.Outcome, result.Message));
        Assert.Equal([result.AuthId], bench.Logins.Pending.Select(login => login.Id));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/malformed_expiry_zero_time")]
    public async Task MalformedExpiryZeroTime()
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = Day });

        // The zero time of the wire is no time here.
        Assert.Equal(bench.Now + Day, (await bench.LogInAsync(7, Make.Register(70) with { Expiry = null })).Expiry);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/logout_with_exactly_now_expiry")]
    public async Task LogoutWithExactlyNowExpiry()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.LogInAsync(7, Make.Register(70));

        var result = await bench.RegisterAsync(7, Make.Register(70) with { Expiry = bench.Now });

        Assert.Equal((RegistrationOutcome.LoggedOut, bench.Now), (result.Outcome, bench.OnlyNode.Expiry));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/auth_key_with_future_expiry_past_request_expiry")]
    public async Task AuthKeyWithFutureExpiryPastRequestExpiry()
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = 10 * Day });
        var key = await bench.KeyAsync(lifetime: 5 * Day);

        var node = await bench.JoinAsync(7, Make.Register(70, key) with { Expiry = bench.Now + Day });

        Assert.Equal(bench.Now + Day, node.Expiry);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthenticationFlows/concurrent_registration_same_node_key")]
    public async Task ConcurrentRegistrationSameNodeKey()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var authId = await bench.AskAsync(7, Make.Register(70));
        var waiting = Enumerable.Range(0, 3).Select(_ => bench.FollowAsync(7, Make.Register(70), authId)).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => bench.ApproveAsync(authId)));

        Assert.All(await Task.WhenAll(waiting), result => Assert.Equal(bench.OnlyNode.Id, result.Entry!.Id));
    }

    private static RegisterRequest WithTags(RegisterRequest request, params string[] tags) =>
        request with { Hostinfo = request.Hostinfo! with { RequestTags = WireSet.CopyOf(tags) } };
}
