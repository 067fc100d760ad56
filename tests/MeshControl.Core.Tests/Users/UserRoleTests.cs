using MeshControl.Core.Model;
using MeshControl.Core.Tests.Support;
using MeshControl.Core.Users;
using MeshControl.Policy.World;

namespace MeshControl.Core.Tests.Users;

/// <summary>Who is what to the tailnet.</summary>
public sealed class UserRoleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_WithoutARole_TheFirstIsOwnerAndOthersAreMembers()
    {
        await using var host = new TailnetHost();

        await host.ExecuteAsync(New("anna"));
        await host.ExecuteAsync(New("berta"));

        Assert.Equal([("anna", UserRole.Owner), ("berta", UserRole.Member)], Roles(host));
    }

    [Fact]
    public async Task Create_FirstWithARole_HasThatOne()
    {
        await using var host = new TailnetHost();

        var anna = (await host.ExecuteAsync(New("anna", UserRole.Auditor))).Value;

        Assert.Equal(UserRole.Auditor, anna.Role);
        Assert.Equal(UserRole.Auditor, Assert.Single(Assert.Single(host.Store.Batches).Users).Entity.Role);
    }

    // A tailnet from before there were roles: nobody is made its owner by chance.
    [Fact]
    public async Task Create_AmongUsersWithoutAnOwner_IsMember()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(0));

        Assert.Equal(UserRole.Member, (await host.ExecuteAsync(New("anna"))).Value.Role);
    }

    [Fact]
    public async Task CreateAndSetRole_SecondOwner_TheFormerBecomesAdmin()
    {
        await using var host = new TailnetHost();
        await host.ExecuteAsync(New("anna"));
        await host.ExecuteAsync(New("berta", UserRole.Owner));
        Assert.Equal([("anna", UserRole.Admin), ("berta", UserRole.Owner)], Roles(host));

        await host.ExecuteAsync(new SetUserRoleCommand(host.Snapshot.UsersByName["anna"], UserRole.Owner));

        Assert.Equal([("anna", UserRole.Owner), ("berta", UserRole.Admin)], Roles(host));
        Assert.Equal(2, host.Store.Batches[^1].Users.Count);
    }

    [Theory]
    [InlineData(UserRole.Admin)]
    [InlineData(UserRole.NetworkAdmin)]
    [InlineData(UserRole.ItAdmin)]
    [InlineData(UserRole.BillingAdmin)]
    [InlineData(UserRole.Auditor)]
    public async Task SetRole_OfAMember_OthersKeepTheirs(UserRole role)
    {
        await using var host = new TailnetHost();
        await host.ExecuteAsync(New("anna"));
        var berta = (await host.ExecuteAsync(New("berta"))).Value;

        var changed = (await host.ExecuteAsync(new SetUserRoleCommand(berta.Id, role))).Value;

        Assert.Equal(berta with { Role = role }, changed);
        Assert.Equal([("anna", UserRole.Owner), ("berta", role)], Roles(host));
    }

    [Fact]
    public async Task SetRole_ToTheSame_WritesNothing()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(0));

        Assert.Null((await host.ExecuteAsync(new SetUserRoleCommand(new UserId(1), UserRole.Member))).Error);
        Assert.Empty(host.Store.Batches);
    }

    [Fact]
    public async Task SetRole_UnknownUser_IsNotFound()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(0));

        var refused = (await host.ExecuteAsync(new SetUserRoleCommand(new UserId(9), UserRole.Owner))).Error!;

        Assert.Equal(CoreErrorKind.NotFound, refused.Kind);
    }

    // Stored, it could not be read again.
    [Fact]
    public async Task CreateAndSetRole_NoRole_IsRefused()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(0));

        Assert.Equal(CoreErrorKind.Invalid, (await host.ExecuteAsync(New("anna", (UserRole)99))).Error!.Kind);
        Assert.Equal(CoreErrorKind.Invalid, (await host.ExecuteAsync(new SetUserRoleCommand(new UserId(1), (UserRole)99))).Error!.Kind);
        Assert.Empty(host.Store.Batches);
    }

    [Fact]
    public async Task SetRole_OfSomebodyWithNodes_PeersAreToldNothingOfTheProfile()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var viewer = (await host.Tailnet.Sessions.OpenAsync(host.Entry(1), 130, Cancel))!;
        viewer.First();

        await host.ExecuteAsync(new SetUserRoleCommand(new UserId(1), UserRole.Auditor));

        Assert.Null(viewer.Next()?.UserProfiles);
    }

    [Fact]
    public void Parse_EveryRole_ComesBackByItsName()
    {
        Assert.Equal(Enum.GetValues<UserRole>().Order(), UserRoles.All.Select(entry => entry.Role).Order());
        Assert.All(UserRoles.All, entry => Assert.Equal(entry.Role, UserRoles.Parse($" {entry.Name.ToUpperInvariant()} ").Value));
        Assert.Equal("network-admin", UserRoles.NameOf(UserRole.NetworkAdmin));
    }

    [Fact]
    public void Parse_AnythingElse_SaysWhatThereIs()
    {
        Assert.Equal(
            "\"root\" is not a role; it has to be one of owner, admin, network-admin, it-admin, billing-admin, auditor, member.",
            UserRoles.Parse("root").Error!.Message);
    }

    [Fact]
    public void WithNumber_NoRole_IsAFault()
    {
        Assert.Throws<InvalidDataException>(() => UserRoles.WithNumber(99, Make.User(1)));
    }

    private static CreateUserCommand New(string name, UserRole? role = null) => new(name, "", null, null, role);

    private static (string Name, UserRole Role)[] Roles(TailnetHost host) =>
        [.. host.Snapshot.Users.Values.OrderBy(user => user.Id.Value).Select(user => (user.Name, user.Role))];
}
