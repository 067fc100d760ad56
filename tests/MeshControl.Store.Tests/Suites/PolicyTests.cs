using MeshControl.Core.Policies;
using MeshControl.Core.Storage;
using MeshControl.Store.Tests.Fixtures;

namespace MeshControl.Store.Tests.Suites;

/// <summary>Every accepted policy is kept: the last one is in force, the others are read when somebody asks.</summary>
public abstract class PolicyTests : StoreTestBase
{
    [Fact]
    public async Task Load_WithoutPolicies_HasNone()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);

        Assert.Null((await LoadAsync(store, tailnet)).Policy);
        Assert.Empty(await store.ReadPolicyHistoryAsync(tailnet.Id, 10, Cancellation));
        Assert.Null(await store.ReadPolicyAsync(tailnet.Id, 1, Cancellation));
    }

    [Fact]
    public async Task Commit_PolicyWithEveryField_IsReadAgain()
    {
        StoredTailnet tailnet;
        await using (var store = await Database.OpenAsync())
        {
            tailnet = await CreateTailnetAsync(store);
            await CommitAsync(store, Batch(tailnet) with { Policies = [Samples.Policy(1), Samples.FullPolicy(2)] });
        }

        await using var again = await Database.OpenAsync();
        Assert.Equal(Samples.FullPolicy(2), Assert.Single(await again.LoadAsync(Cancellation)).Policy);
        Assert.Equal(Samples.FullPolicy(2), await again.ReadPolicyAsync(tailnet.Id, 2, Cancellation));
        Assert.Equal(Samples.Policy(1), await again.ReadPolicyAsync(tailnet.Id, 1, Cancellation));
    }

    [Fact]
    public async Task ReadPolicyHistory_OfTwoTailnets_TellsTheLatestOfTheOneFirst()
    {
        await using var store = await Database.OpenAsync();
        var first = await CreateTailnetAsync(store, "first");
        var second = await CreateTailnetAsync(store, "second");
        await CommitAsync(store, Batch(first) with { Policies = [Samples.Policy(1)] });
        await CommitAsync(store, Batch(first, 1) with { Policies = [Samples.FullPolicy(2)] });
        await CommitAsync(store, Batch(first, 2) with { Policies = [Samples.Policy(3)] });
        await CommitAsync(store, Batch(second) with { Policies = [Samples.FullPolicy(1)] });

        var history = await store.ReadPolicyHistoryAsync(first.Id, 2, Cancellation);

        Assert.Equal(
            [
                new PolicyVersion(3, Samples.Policy(3).AcceptedAt, "anna", PolicyOrigin.Api, null, Samples.Policy(3).Length),
                new PolicyVersion(2, Samples.Policy(2).AcceptedAt, "anna", PolicyOrigin.File, 1, Samples.FullPolicy(2).Length),
            ],
            history);
        var stored = await store.LoadAsync(Cancellation);
        Assert.Equal([Samples.Policy(3), Samples.FullPolicy(1)], stored.Select(tailnet => tailnet.Policy));
    }

    [Fact]
    public async Task Commit_VersionThatExists_IsRefusedAndTheOldOneStays()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await CommitAsync(store, Batch(tailnet) with { Policies = [Samples.Policy(1)] });

        var outcome = await store.CommitAsync(Batch(tailnet, 1) with { Policies = [Samples.FullPolicy(1)] }, Cancellation);

        Assert.Equal(CommitOutcome.ConstraintViolated, outcome);
        Assert.Equal(Samples.Policy(1), (await LoadAsync(store, tailnet)).Policy);
    }

    [Fact]
    public async Task Commit_OneVersionMoreThanAreKept_TheOldestOfThisTailnetGoes()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store, "first");
        var other = await CreateTailnetAsync(store, "second");
        await CommitAsync(store, Batch(other) with { Policies = [Samples.Policy(1)] });
        await CommitAsync(store, Batch(tailnet) with
        {
            Policies = [.. Enumerable.Range(1, PolicyLimits.MaxVersions).Select(version => Samples.Policy(version))],
        });
        Assert.Equal(Samples.Policy(1), await store.ReadPolicyAsync(tailnet.Id, 1, Cancellation));

        await CommitAsync(store, Batch(tailnet, 1) with { Policies = [Samples.Policy(PolicyLimits.MaxVersions + 1)] });

        var history = await store.ReadPolicyHistoryAsync(tailnet.Id, PolicyLimits.MaxVersions + 1, Cancellation);
        Assert.Equal(PolicyLimits.MaxVersions, history.Count);
        Assert.Equal((PolicyLimits.MaxVersions + 1, 2), (history[0].Version, history[^1].Version));
        Assert.Null(await store.ReadPolicyAsync(tailnet.Id, 1, Cancellation));
        Assert.Equal(Samples.Policy(1), await store.ReadPolicyAsync(other.Id, 1, Cancellation));
    }

    [Fact]
    public async Task Commit_LongestText_IsReadAgain()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        var longest = Samples.Policy(1) with { Text = new string('/', PolicyLimits.MaxTextBytes) };

        await CommitAsync(store, Batch(tailnet) with { Policies = [longest] });

        Assert.Equal(longest, (await LoadAsync(store, tailnet)).Policy);
    }
}
