using MeshControl.Core.Tests.Support;
using MeshControl.Core.Users;

namespace MeshControl.Core.Tests.Users;

public sealed class UserNameTests
{
    [Fact]
    public void Check_NameOneCharacterTooLong_IsRefused()
    {
        var longest = new string('a', UserNames.MaxLength);

        Assert.Null(UserNames.Check(longest));
        Assert.NotNull(UserNames.Check(longest + "a"));
    }

    // A policy calls the user alice so, and would mean both.
    [Fact]
    public void Check_NameWithNothingBehindItsAt_IsRefused()
    {
        Assert.Null(UserNames.Check("alice@b"));
        Assert.NotNull(UserNames.Check("alice@"));
    }

    [Fact]
    public async Task Create_AddressOneCharacterTooLong_IsRefused()
    {
        await using var host = new TailnetHost();
        var longest = new string('a', UserNames.MaxLength - "@b".Length) + "@b";

        Assert.Equal(CoreErrorKind.Invalid, (await host.ExecuteAsync(new CreateUserCommand("anna", "", "a" + longest, null))).Error!.Kind);
        Assert.Null((await host.ExecuteAsync(new CreateUserCommand("anna", "", longest, null))).Error);
    }

    // A selector is a name before it is an address: the second user would answer for the first one.
    [Fact]
    public async Task CreateAndRename_NameThatIsAnothersAddress_IsRefused()
    {
        await using var host = new TailnetHost();
        var anna = (await host.ExecuteAsync(new CreateUserCommand("anna", "", "anna@example.org", null))).Value;
        var berta = (await host.ExecuteAsync(new CreateUserCommand("berta", "", null, null))).Value;
        var batches = host.Store.Batches.Count;

        var created = await host.ExecuteAsync(new CreateUserCommand("Anna@example.org", "", null, null));
        var renamed = await host.ExecuteAsync(new RenameUserCommand(berta.Id, "ANNA@example.org"));

        Assert.Equal((CoreErrorKind.AlreadyExists, CoreErrorKind.AlreadyExists), (created.Error!.Kind, renamed.Error!.Kind));
        Assert.Contains("is the e-mail address of the user \"anna\"", renamed.Error.Message, StringComparison.Ordinal);
        Assert.Equal(batches, host.Store.Batches.Count);
        Assert.Equal(anna, UserNames.Find(host.Snapshot, "anna@example.org").Value);
    }

    [Fact]
    public async Task Create_AddressThatIsAnothersName_IsRefused()
    {
        await using var host = new TailnetHost();
        await host.ExecuteAsync(new CreateUserCommand("anna@example.org", "", null, null));

        var refused = (await host.ExecuteAsync(new CreateUserCommand("berta", "", "Anna@example.org", null))).Error!;

        Assert.Equal(CoreErrorKind.AlreadyExists, refused.Kind);
        Assert.Contains("is the name of another user", refused.Message, StringComparison.Ordinal);
        Assert.Single(host.Snapshot.Users);
    }

    [Fact]
    public async Task CreateAndRename_NameThatIsTheOwnAddress_IsTaken()
    {
        await using var host = new TailnetHost();

        Assert.Null((await host.ExecuteAsync(new CreateUserCommand("anna@example.org", "", "anna@example.org", null))).Error);
        var berta = (await host.ExecuteAsync(new CreateUserCommand("berta", "", "berta@example.org", null))).Value;
        Assert.Equal("berta@example.org", (await host.ExecuteAsync(new RenameUserCommand(berta.Id, "berta@example.org"))).Value.Name);
    }
}
