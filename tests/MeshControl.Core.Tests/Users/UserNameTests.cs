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

    [Fact]
    public async Task Create_AddressOneCharacterTooLong_IsRefused()
    {
        await using var host = new TailnetHost();
        var longest = new string('a', UserNames.MaxLength - "@b".Length) + "@b";

        Assert.Equal(CoreErrorKind.Invalid, (await host.ExecuteAsync(new CreateUserCommand("anna", "", "a" + longest, null))).Error!.Kind);
        Assert.Null((await host.ExecuteAsync(new CreateUserCommand("anna", "", longest, null))).Error);
    }
}
