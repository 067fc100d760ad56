using MeshControl.Core.Policies;
using MeshControl.Core.Storage;
using MeshControl.Server.Policies;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Server.Tests.Policies;

/// <summary>What a file says is in force, unless it is wrong; then it is said once what is wrong with it.</summary>
public sealed class PolicyFileFollowerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_GoodFile_IsInForceAndKept()
    {
        await using var file = await FollowedFile.CreateAsync();
        file.Say(FollowedFile.Closed);

        await file.Follower.StartAsync(Cancel);

        var policy = file.Policies.Current!;
        Assert.Equal((1L, FollowedFile.Closed, FollowedFile.Path, PolicyOrigin.File), (policy.Version, policy.Text, policy.AcceptedBy, policy.Origin));
        Assert.Single((await file.Policies.HistoryAsync(10, Cancel)).Value);
        Assert.Empty(file.Complaints());
    }

    [Fact]
    public async Task Start_WhatWasInForceBefore_IsNoNewVersion()
    {
        await using var file = await FollowedFile.CreateAsync(FollowedFile.Closed);
        file.Say(FollowedFile.Closed);

        await file.Follower.StartAsync(Cancel);

        Assert.Equal(3, file.Policies.Current!.Version);
    }

    [Theory]
    [InlineData(FollowedFile.Wrong, "line 2, column ")]
    [InlineData("", "is empty")]
    [InlineData(null, "there is no such file")]
    public async Task Start_BadFile_NeedsAnEarlierPolicyToGoOnWith(string? text, string reason)
    {
        var content = text is null ? new PolicyFileReading(null, "there is no such file") : new PolicyFileReading(text, null);
        await using var first = await FollowedFile.CreateAsync();
        await using var later = await FollowedFile.CreateAsync(FollowedFile.Closed);
        (first.Content, later.Content) = (content, content);

        var refusal = (await Assert.ThrowsAsync<StartupException>(() => first.Follower.StartAsync(Cancel))).Message;
        await later.Follower.StartAsync(Cancel);

        var complaint = Assert.Single(later.Complaints());
        Assert.All([refusal, complaint], sentence =>
        {
            Assert.Contains(FollowedFile.Path, sentence, StringComparison.Ordinal);
            Assert.Contains(reason, sentence, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', sentence);
        });
        Assert.Contains("version 3 of 2026-08-01", complaint, StringComparison.Ordinal);
        Assert.Equal(3, later.Policies.Current!.Version);

        // It was told, and nothing has changed.
        await later.LookTwiceAsync();
        Assert.Single(later.Complaints());
    }

    [Fact]
    public async Task Start_EarlierPolicyCannotBeReadEither_IsRefused()
    {
        await using var file = await FollowedFile.CreateAsync("{");
        file.Say(FollowedFile.Wrong);

        await Assert.ThrowsAsync<StartupException>(() => file.Follower.StartAsync(Cancel));
    }

    [Fact]
    public async Task Start_GoodFileOverAPolicyThatCannotBeRead_MendsIt()
    {
        await using var file = await FollowedFile.CreateAsync("{");
        file.Say(FollowedFile.Closed);

        await file.Follower.StartAsync(Cancel);

        Assert.Equal((4L, null), (file.Policies.Current!.Version, file.Policies.Problem));
    }

    [Fact]
    public async Task Look_NewText_CountsWhenItWasThereTwice()
    {
        await using var file = await StartedAsync();
        file.Say(FollowedFile.Wrong[..10]);
        await file.Follower.LookAsync(Cancel);
        file.Say(FollowedFile.Open);
        await file.Follower.LookAsync(Cancel);
        Assert.Equal(1, file.Policies.Current!.Version);

        await file.Follower.LookAsync(Cancel);

        Assert.Equal((2L, FollowedFile.Open), (file.Policies.Current!.Version, file.Policies.Current.Text));
        Assert.Empty(file.Complaints());
    }

    [Theory]
    [InlineData(FollowedFile.Wrong)]
    [InlineData(FollowedFile.Untrue)]
    [InlineData("")]
    public async Task Look_BadText_IsToldOnceAndThePolicyStays(string text)
    {
        await using var file = await StartedAsync();
        file.Say(text);

        await file.LookTwiceAsync();
        await file.LookTwiceAsync();

        Assert.Contains(FollowedFile.Path, Assert.Single(file.Complaints()), StringComparison.Ordinal);
        Assert.Equal(1, file.Policies.Current!.Version);

        // Whoever asks is told again.
        Assert.False(await file.Follower.ReloadAsync(Cancel));
        Assert.Equal(2, file.Complaints().Length);
    }

    [Fact]
    public async Task Look_OwnTestsFail_SaysWhichAndWhere()
    {
        await using var file = await StartedAsync();
        file.Say(FollowedFile.Untrue);

        await file.LookTwiceAsync();

        var complaint = Assert.Single(file.Complaints());
        Assert.Contains("test(s) failed", complaint, StringComparison.Ordinal);
        Assert.Contains("two:22", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_BackToWhatIsInForce_SaysThatItIsInOrder()
    {
        await using var file = await StartedAsync();
        file.Content = new PolicyFileReading(null, "there is no such file");
        await file.LookTwiceAsync();
        file.Say(FollowedFile.Closed);
        await file.LookTwiceAsync();
        await file.LookTwiceAsync();

        Assert.Single(file.Complaints());
        Assert.Single(file.Log.Entries, entry => entry.Text.Contains("in order again", StringComparison.Ordinal));
        Assert.Equal(1, file.Policies.Current!.Version);
    }

    [Fact]
    public async Task Look_DatabaseTakesNothing_SaysSoOnceAndTriesUntilItDoes()
    {
        await using var file = await StartedAsync();
        file.Store.Outcome = CommitOutcome.Unavailable;
        file.Say(FollowedFile.Open);
        await file.LookTwiceAsync();
        await file.LookTwiceAsync();
        Assert.Single(file.Complaints(), text => text.Contains(FollowedFile.Path, StringComparison.Ordinal));

        file.Store.Outcome = CommitOutcome.Committed;
        await file.Follower.LookAsync(Cancel);

        Assert.Equal(FollowedFile.Open, file.Policies.Current!.Text);
    }

    [Fact]
    public async Task Reload_NewText_CountsAtOnce()
    {
        await using var file = await StartedAsync();
        file.Say(FollowedFile.Open);

        Assert.True(await file.Follower.ReloadAsync(Cancel));

        Assert.Equal(2, file.Policies.Current!.Version);
        Assert.Empty(file.Complaints());
    }

    [Fact]
    public async Task Set_WhileAFileIsFollowed_IsRefused()
    {
        await using var file = await StartedAsync();

        Assert.Contains(FollowedFile.Path, (await file.Policies.SetAsync("{}", "anna", Cancel)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_AsTimePasses_Looks()
    {
        await using var file = await StartedAsync();
        var time = new ManualTimeProvider();
        using var watch = new PolicyFileWatch(file.Follower, time, NullLogger<PolicyFileWatch>.Instance);
        await watch.StartAsync(Cancel);
        file.Say(FollowedFile.Open);
        var before = file.Reads;
        for (var look = 1; look <= 2; look++)
        {
            while (time.PendingTimers == 0)
            {
                Cancel.ThrowIfCancellationRequested();
                await Task.Yield();
            }

            time.Advance(PolicyFileWatch.Interval);
            while (file.Reads < before + look)
            {
                Cancel.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        while (file.Policies.Current!.Version == 1)
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await watch.StopAsync(Cancel);
        Assert.Equal(FollowedFile.Open, file.Policies.Current.Text);
    }

    private static async Task<FollowedFile> StartedAsync()
    {
        var file = await FollowedFile.CreateAsync();
        file.Say(FollowedFile.Closed);
        await file.Follower.StartAsync(Cancel);
        return file;
    }
}
