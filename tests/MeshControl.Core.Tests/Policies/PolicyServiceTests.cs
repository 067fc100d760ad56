using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Core.Users;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Tests.Policies;

/// <summary>Setting policies, and what is told of those that were set.</summary>
public sealed class PolicyServiceTests
{
    private const string Open = """{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}""";
    private const string Closed = """{"acls": []} // nobody""";

    private const string Path = "/etc/acl.hujson";

    /// <summary>A test of it fails.</summary>
    private const string Untrue =
        """{"hosts": {"one": "100.64.0.1", "two": "100.64.0.2"}, "acls": [], "tests": [{"src": "one", "accept": ["two:22"]}]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Set_GoodPolicies_AreVersionsInForceOneAfterTheOther()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));

        var first = (await SetAsync(host, Open, "anna")).Value;
        host.Time.Advance(TimeSpan.FromMinutes(1));
        var second = (await SetAsync(host, Closed, "berta")).Value;

        Assert.Equal(new StoredPolicy(1, Open, first.AcceptedAt, "anna"), first);
        Assert.Equal(new StoredPolicy(2, Closed, first.AcceptedAt.AddMinutes(1), "berta"), second);
        Assert.Equal(second, host.Snapshot.Policy);
        Assert.Equal(host.Store.Rows.Policies, [first, second]);
        Assert.Equal([new ChangeEntry(ChangeKind.Policy, [2])], host.Store.Batches[^1].Changes, (left, right) =>
            left.Kind == right.Kind && left.Ids.SequenceEqual(right.Ids));
    }

    [Fact]
    public async Task Set_WhatIsInForce_MakesNoNewVersion()
    {
        await using var host = new TailnetHost();
        var first = (await SetAsync(host, Open, "anna")).Value;

        var again = (await SetAsync(host, Open, "berta")).Value;

        Assert.Equal(first, again);
        Assert.Single(host.Store.Batches);
    }

    [Fact]
    public async Task SetAndCheck_WrongPolicy_SayWhereAndChangeNothing()
    {
        const string Wrong = "{\n  \"acls\": [\n    {\"action\": \"accept\", \"src\": [\"nobody\"], \"dst\": [\"*:*\"]},\n  ],\n}";
        await using var host = new TailnetHost();
        await SetAsync(host, Open, "anna");

        var refused = (await SetAsync(host, Wrong, "anna")).Error!;
        var check = (await host.Tailnet.Policies.CheckAsync(Wrong, Cancel)).Error!;

        Assert.Equal(CoreErrorKind.Invalid, refused.Kind);
        Assert.Equal(3, refused.Policy!.Position!.Value.Line);
        Assert.Contains("nobody", refused.Policy.SourceLine, StringComparison.Ordinal);
        Assert.StartsWith($"line 3, column {refused.Policy.Position.Value.Column}: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Message, check.Message);
        Assert.Equal(1, host.Snapshot.Policy!.Version);
        Assert.Single(host.Store.Batches);
    }

    // A pipe that nothing came out of must not open the network.
    [Theory]
    [InlineData("")]
    [InlineData(" \n\t")]
    [InlineData("// to be written\n/* later */")]
    public async Task Set_NothingAtAll_IsRefused(string text)
    {
        await using var host = new TailnetHost();

        Assert.Contains("is empty", (await SetAsync(host, text, "anna")).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_OneByteTooLong_IsRefused()
    {
        await using var host = new TailnetHost();

        // The last character has two bytes.
        var longest = "{}//" + new string('x', PolicyLimits.MaxTextBytes - 6) + "ä";
        var refused = (await SetAsync(host, "x" + longest, "anna")).Error!;

        Assert.Equal(CoreErrorKind.Invalid, refused.Kind);
        Assert.Contains("1024 KiB", refused.Message, StringComparison.Ordinal);
        Assert.Contains("1024 KiB", (await SetAsync(host, new string(' ', PolicyLimits.MaxTextBytes + 1), "anna")).Error!.Message, StringComparison.Ordinal);
        Assert.Null((await SetAsync(host, longest, "anna")).Error);
    }

    [Theory]
    [InlineData('\0', "zero character at position 6")]
    [InlineData('\ud83d', "half a character at position 6")]
    public async Task Set_WhatNoDatabaseTakes_IsRefused(char character, string reason)
    {
        await using var host = new TailnetHost();

        Assert.Contains(reason, (await SetAsync(host, "{} // " + character, "anna")).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_NameOneCharacterTooLong_IsCutBeforeHalfACharacter()
    {
        await using var host = new TailnetHost();
        var name = new string('a', PolicyLimits.MaxAcceptedByLength - 1);

        Assert.Equal(name + "b", (await SetAsync(host, Open, name + "bc")).Value.AcceptedBy);
        Assert.Equal(name, (await SetAsync(host, Closed, name + "😀")).Value.AcceptedBy);
    }

    [Fact]
    public async Task Set_ManyAtOnce_EachIsAVersionAndTheLastIsInForce()
    {
        await using var host = new TailnetHost();

        var results = await Task.WhenAll(Enumerable.Range(1, 8).Select(number => SetAsync(host, $"{{}} // {number}", "anna")));

        Assert.Equal(Enumerable.Range(1, 8).Select(version => (long)version), results.Select(result => result.Value.Version).Order());
        Assert.Equal(8, host.Snapshot.Policy!.Version);
        Assert.Equal(host.Store.Rows.Policies[^1], host.Snapshot.Policy);
    }

    [Theory]
    [InlineData(CommitOutcome.Unavailable)]
    [InlineData(CommitOutcome.Unknown)]
    public async Task Set_NotWritten_IsRefusedAndNotInForce(CommitOutcome outcome)
    {
        await using var host = new TailnetHost();
        host.Store.FailNextCommit(outcome);

        Assert.Equal(CoreErrorKind.Unavailable, (await SetAsync(host, Open, "anna")).Error!.Kind);
        Assert.Null(host.Snapshot.Policy);
        Assert.Equal(1, (await SetAsync(host, Open, "anna")).Value.Version);
    }

    [Fact]
    public async Task Set_WrittenAndTheAnswerLost_IsInForce()
    {
        await using var host = new TailnetHost();
        host.Store.FailNextCommit(CommitOutcome.Unknown, written: true);

        Assert.Null((await SetAsync(host, Open, "anna")).Error);
        Assert.Equal(Open, host.Snapshot.Policy!.Text);
        Assert.Equal(1, host.Store.Reloads);
    }

    // The number is there, but with another text.
    [Fact]
    public async Task Set_AnotherServerTookTheVersion_ItsPolicyIsInForce()
    {
        await using var host = new TailnetHost();
        host.Store.WriteAsAnotherServer(rows => rows with { Policies = [new StoredPolicy(1, Closed, Make.Created, "theirs")] });

        Assert.Equal(CoreErrorKind.Unavailable, (await SetAsync(host, Open, "anna")).Error!.Kind);
        Assert.Equal("theirs", host.Snapshot.Policy!.AcceptedBy);
        Assert.Equal(2, (await SetAsync(host, Open, "anna")).Value.Version);
    }

    [Fact]
    public async Task Rollback_EarlierVersion_IsANewOneThatSaysSo()
    {
        await using var host = new TailnetHost();
        await SetAsync(host, Open, "anna");
        await SetAsync(host, Closed, "anna");

        var back = (await host.Tailnet.Policies.RollbackAsync(1, "berta", Cancel)).Value;

        Assert.Equal((3L, Open, "berta", 1L), (back.Version, back.Text, back.AcceptedBy, back.RollbackOf));
        Assert.Equal(CoreErrorKind.NotFound, (await host.Tailnet.Policies.RollbackAsync(9, "berta", Cancel)).Error!.Kind);
        Assert.Equal(back, (await host.Tailnet.Policies.RollbackAsync(3, "berta", Cancel)).Value);
    }

    [Fact]
    public async Task GetAndHistory_SomeVersions_TellThemLatestFirst()
    {
        await using var host = new TailnetHost();
        var policies = host.Tailnet.Policies;
        Assert.Contains("policy set", (await policies.GetAsync(null, Cancel)).Error!.Message, StringComparison.Ordinal);
        await SetAsync(host, Open, "anna");
        await SetAsync(host, Closed, "berta");

        Assert.Equal(Closed, (await policies.GetAsync(null, Cancel)).Value.Text);
        Assert.Equal(Open, (await policies.GetAsync(1, Cancel)).Value.Text);
        Assert.Contains("the latest is 2", (await policies.GetAsync(3, Cancel)).Error!.Message, StringComparison.Ordinal);
        Assert.Equal(["berta", "anna"], (await policies.HistoryAsync(int.MaxValue, Cancel)).Value.Select(version => version.AcceptedBy));
        Assert.Equal([2L], (await policies.HistoryAsync(1, Cancel)).Value.Select(version => version.Version));
        Assert.Empty((await policies.HistoryAsync(-1, Cancel)).Value);
    }

    [Fact]
    public async Task SetAndRollback_InFileMode_AreRefusedAndNameTheFile()
    {
        await using var host = new TailnetHost(settings: InFileMode);
        await using var unnamed = new TailnetHost(settings: InFileMode with { PolicyPath = null });

        var refused = (await SetAsync(host, Open, "anna")).Error!;

        Assert.Equal(CoreErrorKind.Refused, refused.Kind);
        Assert.Contains(Path, refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused, (await host.Tailnet.Policies.RollbackAsync(1, "anna", Cancel)).Error);
        Assert.Contains("policy.path", (await SetAsync(unnamed, Open, "anna")).Error!.Message, StringComparison.Ordinal);
        Assert.Null((await host.Tailnet.Policies.CheckAsync(Open, Cancel)).Error);
        Assert.Empty((await host.Tailnet.Policies.HistoryAsync(10, Cancel)).Value);
    }

    [Fact]
    public async Task SetAndCheck_OwnTestsFail_AreRefusedAndSayWhich()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        await SetAsync(host, Open, "anna");

        var refused = (await SetAsync(host, Untrue, "anna")).Error!;
        var check = (await host.Tailnet.Policies.CheckAsync(Untrue, Cancel)).Error!;

        Assert.Equal((CoreErrorKind.Invalid, "test(s) failed"), (refused.Kind, refused.Message));
        Assert.NotEmpty(refused.Policy!.Details!);
        Assert.Equal(refused.Message, check.Message);
        Assert.Equal(1, host.Snapshot.Policy!.Version);
        Assert.DoesNotContain(host.Snapshot.Access.Policy.Tests, _ => true);
    }

    [Fact]
    public async Task SetAndRollback_GoodPolicies_AreWhatNodesGoBy()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        Assert.True(host.Snapshot.Access.Sees(0, 1));

        await SetAsync(host, Closed, "anna");
        Assert.False(host.Snapshot.Access.Sees(0, 1));
        await SetAsync(host, Open, "anna");
        Assert.True(host.Snapshot.Access.Sees(0, 1));
        await host.Tailnet.Policies.RollbackAsync(1, "anna", Cancel);
        Assert.False(host.Snapshot.Access.Sees(0, 1));
    }

    // What happened while it was compiled is in it, too.
    [Fact]
    public async Task Set_WhileNodesComeAndGo_KnowsThem()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(3), run: false);
        var set = SetAsync(host, Open, "anna");
        await UntilQueuedAsync(host, 1);
        var edit = host.EditAsync(draft =>
        {
            Assert.True(draft.Snapshot.Nodes.TryGet(new NodeId(2), out var second));
            draft.Remove(second);
            draft.Add(Make.Node(7));
        });
        host.Run();

        Assert.Null((await set).Error);
        await edit;
        var (first, last) = (host.Entry(1).Index, host.Entry(7).Index);
        Assert.True(host.Snapshot.Access.Sees(first, last));
        Assert.Equal(
            host.Snapshot.Nodes.Select(entry => entry.Index).Order(),
            Enumerable.Range(0, 10).Where(index => index != first && host.Snapshot.Access.Sees(first, index)).Append(first).Order());
    }

    [Fact]
    public async Task Load_StoredPolicy_IsInForceAtOnce()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2) with { Policy = Stored(Closed) });

        Assert.Null(host.Tailnet.Policies.Problem);
        Assert.False(host.Snapshot.Access.Sees(0, 1));
        await host.EditAsync(draft => draft.Add(Make.Node(3)));
        Assert.False(host.Snapshot.Access.Sees(0, host.Entry(3).Index));
    }

    // No fault may open a network.
    [Fact]
    public async Task Load_StoredPolicyThatCannotBeRead_AllowsNothingUntilThereIsAnother()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2) with { Policy = Stored("{\"acls\": [") });
        var policies = host.Tailnet.Policies;

        Assert.NotNull(policies.Problem!.Policy!.Position);
        Assert.False(host.Snapshot.Access.Sees(0, 1));
        Assert.NotNull((await SetAsync(host, "{\"acls\": [", "anna")).Error);

        Assert.Equal(5, (await SetAsync(host, Open, "anna")).Value.Version);
        Assert.Null(policies.Problem);
        Assert.True(host.Snapshot.Access.Sees(0, 1));
    }

    [Fact]
    public async Task Adopt_AnotherServersPolicy_IsWhatNodesGoBy()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        host.Store.WriteAsAnotherServer(rows => rows with { Policies = [Stored(Closed)] });

        await host.ExecuteAsync(new CreateUserCommand("anna", "", null, null));

        Assert.Equal(Stored(Closed), host.Snapshot.Policy);
        Assert.False(host.Snapshot.Access.Sees(0, 1));
    }

    [Fact]
    public async Task TakeOverFile_AtTheStartAndLater_OnlyTheStartForgivesFailedTests()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2), InFileMode);
        var policies = host.Tailnet.Policies;

        Assert.Equal("test(s) failed", (await policies.TakeOverFileAsync(Untrue, Path, atStart: false, Cancel)).Error!.Message);
        Assert.True(policies.IsFileRefused);
        var taken = (await policies.TakeOverFileAsync(Untrue, Path, atStart: true, Cancel)).Value;
        await policies.WarnOfFailedTestsAsync(Cancel);

        Assert.False(policies.IsFileRefused);
        Assert.Equal((1L, PolicyOrigin.File, Path), (taken.Version, taken.Origin, taken.AcceptedBy));
        Assert.Equal([1011], host.Log.Events(LogLevel.Warning));

        // It is in force, so it is no change.
        Assert.Equal(taken, (await policies.TakeOverFileAsync(Untrue, Path, atStart: false, Cancel)).Value);
        Assert.Equal(taken, (await policies.TakeOverFileAsync(Untrue, Path, atStart: true, Cancel)).Value);
        Assert.Equal(2, (await policies.TakeOverFileAsync(Open, Path, atStart: false, Cancel)).Value.Version);
        var history = (await policies.HistoryAsync(10, Cancel)).Value;
        Assert.Equal([2L, 1L], history.Select(version => version.Version));
    }

    [Fact]
    public async Task RefuseFile_UntilItCanBeReadAgain_IsRememberedAndChangesNothing()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2), InFileMode);
        var policies = host.Tailnet.Policies;
        var taken = (await policies.TakeOverFileAsync(Closed, Path, atStart: true, Cancel)).Value;

        Assert.Equal("gone", policies.RefuseFile("gone").Error!.Message);

        Assert.True(policies.IsFileRefused);
        Assert.Equal(taken, policies.Current);
        await policies.TakeOverFileAsync(Closed, Path, atStart: false, Cancel);
        Assert.False(policies.IsFileRefused);
    }

    [Fact]
    public async Task WarnOfFailedTests_NoneFails_SaysNothing()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await host.Tailnet.Policies.WarnOfFailedTestsAsync(Cancel);
        await SetAsync(host, Open, "anna");
        await host.Tailnet.Policies.WarnOfFailedTestsAsync(Cancel);

        Assert.Empty(host.Log.Events(LogLevel.Warning));
    }

    // What is in force was read with the old ones.
    [Fact]
    public async Task ReplaceSettings_WhereThePolicyComesFrom_Stays()
    {
        await using var host = new TailnetHost();

        await host.ExecuteAsync(new ReplaceSettingsCommand(InFileMode with { PolicyDomains = ["example.com"], Taildrop = false }));

        var settings = host.Snapshot.Settings;
        Assert.False(settings.Taildrop);
        Assert.Equal((PolicyMode.Database, null, 0), (settings.PolicyMode, settings.PolicyPath, settings.PolicyDomains.Length));
        Assert.Null((await SetAsync(host, Open, "anna")).Error);
    }

    [Fact]
    public async Task Set_DomainThatIsNotOurs_IsRefused()
    {
        const string Text = """{"grants": [{"src": ["user:*@example.org"], "dst": ["*"], "ip": ["*"]}]}""";
        await using var any = new TailnetHost();
        await using var ours = new TailnetHost(settings: Make.Settings() with { PolicyDomains = ["example.com"] });

        Assert.Null((await SetAsync(any, Text, "anna")).Error);
        Assert.Contains("example.org", (await SetAsync(ours, Text, "anna")).Error!.Message, StringComparison.Ordinal);
    }

    private static TailnetSettings InFileMode => Make.Settings() with { PolicyMode = PolicyMode.File, PolicyPath = Path };

    private static StoredPolicy Stored(string text) => new(4, text, Make.Created, "somebody");

    private static async Task UntilQueuedAsync(TailnetHost host, int commands)
    {
        while (host.Tailnet.QueueLength < commands)
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static Task<Result<StoredPolicy>> SetAsync(TailnetHost host, string text, string by) =>
        host.Tailnet.Policies.SetAsync(text, by, Cancel);
}
