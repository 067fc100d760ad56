using MeshControl.Core.Logins;
using MeshControl.Store.Tests.Fixtures;

namespace MeshControl.Store.Tests.Suites;

/// <summary>Logins that nobody has decided yet outlive the server.</summary>
public abstract class LoginTests : StoreTestBase
{
    [Fact]
    public async Task Save_LoginsWithEveryFieldAndWithout_AreReadAgain()
    {
        await using (var store = await Database.OpenAsync())
        {
            Assert.Empty(await store.LoadLoginsAsync(Cancellation));
            await store.SaveLoginsAsync([Pending(Samples.FullLogin(2)), Pending(Samples.Login(1))], Cancellation);
        }

        await using var again = await Database.OpenAsync();
        Assert.Equal([Samples.Login(1), Samples.FullLogin(2)], await again.LoadLoginsAsync(Cancellation));
    }

    [Fact]
    public async Task Save_LoginThatEnded_IsGone()
    {
        await using var store = await Database.OpenAsync();
        await store.SaveLoginsAsync([Pending(Samples.Login(1)), Pending(Samples.Login(2))], Cancellation);

        await store.SaveLoginsAsync([new(1, null), new(7, null), Pending(Samples.Login(3))], Cancellation);

        Assert.Equal([Samples.Login(2), Samples.Login(3)], await store.LoadLoginsAsync(Cancellation));
    }

    [Fact]
    public async Task Save_Twice_DoesNoHarm()
    {
        await using var store = await Database.OpenAsync();

        await store.SaveLoginsAsync([Pending(Samples.Login(1))], Cancellation);
        await store.SaveLoginsAsync([Pending(Samples.Login(1)), Pending(Samples.Login(2))], Cancellation);

        Assert.Equal([Samples.Login(1), Samples.Login(2)], await store.LoadLoginsAsync(Cancellation));
    }

    [Fact]
    public async Task Save_OneOfThemIsRefused_NothingIsWritten()
    {
        await using var store = await Database.OpenAsync();
        await store.SaveLoginsAsync([Pending(Samples.Login(1))], Cancellation);

        await Assert.ThrowsAnyAsync<Exception>(() => store.SaveLoginsAsync(
            [new(1, null), Pending(Samples.Login(2)), Pending(Samples.Login(3) with { Id = Samples.Login(2).Id })], Cancellation));

        Assert.Equal([Samples.Login(1)], await store.LoadLoginsAsync(Cancellation));
    }

    private static KeyValuePair<long, PendingLogin?> Pending(PendingLogin login) => new(login.Number, login);
}
