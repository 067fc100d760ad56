using MeshControl.Core.SshChecks;
using MeshControl.Store.Tests.Fixtures;

namespace MeshControl.Store.Tests.Suites;

/// <summary>Checks that wait, and those that were approved, outlive the server.</summary>
public abstract class SshCheckTests : StoreTestBase
{
    [Fact]
    public async Task Save_ChecksWithEveryFieldAndWithout_AreReadAgain()
    {
        await using (var store = await OpenAsync())
        {
            Assert.Empty(await store.LoadSshChecksAsync(Cancellation));
            await store.SaveSshChecksAsync([There(Samples.FullSshCheck(2)), There(Samples.SshCheck(1))], Cancellation);
        }

        await using var again = await Database.OpenAsync();
        Assert.Equal([Samples.SshCheck(1), Samples.FullSshCheck(2)], await again.LoadSshChecksAsync(Cancellation));
    }

    [Fact]
    public async Task Save_ApprovedOrGone_IsWhatIsReadAgain()
    {
        await using var store = await OpenAsync();
        await store.SaveSshChecksAsync([There(Samples.SshCheck(1)), There(Samples.SshCheck(2))], Cancellation);
        var approved = Samples.SshCheck(1) with { ApprovedAt = Samples.Noon.AddMinutes(1) };

        await store.SaveSshChecksAsync([There(approved)], Cancellation);
        await store.SaveSshChecksAsync([There(approved), new(2, null), new(7, null)], Cancellation);

        Assert.Equal([approved], await store.LoadSshChecksAsync(Cancellation));
    }

    private static KeyValuePair<long, SshCheck?> There(SshCheck check) => new(check.Number, check);

    /// <summary>With the tailnet that the checks belong to.</summary>
    private async Task<MeshStore> OpenAsync()
    {
        var store = await Database.OpenAsync();
        await store.CreateTailnetAsync("default", Samples.Noon, Cancellation);
        return store;
    }
}
