using MeshControl.Core.Keys;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tests.Support;
using MeshControl.Core.Users;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Users;

/// <summary>Other names for users, and their end.</summary>
public sealed class RenameAndDeleteUserTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rename_User_IsFoundByTheNewNameOnly()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        var renamed = (await host.ExecuteAsync(new RenameUserCommand(new UserId(1), " Ada "))).Value;

        Assert.Equal((1L, "ada"), (renamed.Id.Value, renamed.Name));
        Assert.True(host.Snapshot.TryGetUser("ada", out _));
        Assert.False(host.Snapshot.TryGetUser("user1", out _));
        Assert.Equal("ada", Assert.Single(Assert.Single(host.Store.Batches).Users).Entity.Name);
    }

    [Fact]
    public async Task Rename_User_ClientsAreToldTheNewLoginName()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var viewer = (await host.Tailnet.Sessions.OpenAsync(host.Entry(1), 130, Cancel))!;
        viewer.First();

        await host.ExecuteAsync(new RenameUserCommand(new UserId(1), "ada"));

        // With the node itself: some releases would keep showing the old name without it.
        var told = viewer.Next()!;
        Assert.Equal(new UserProfile { Id = 1, LoginName = "ada", DisplayName = "ada" }, Assert.Single(told.UserProfiles!));
        Assert.Equal(1, told.Node!.Id);
        Assert.Null(told.PeersChanged ?? (object?)told.Peers);
    }

    [Theory]
    [InlineData(1, "user2", CoreErrorKind.AlreadyExists)]
    [InlineData(1, "USER2", CoreErrorKind.AlreadyExists)]
    [InlineData(1, "", CoreErrorKind.Invalid)]
    [InlineData(1, "1ada", CoreErrorKind.Invalid)]
    [InlineData(9, "ada", CoreErrorKind.NotFound)]
    public async Task Rename_WrongWish_IsRefusedAndNothingIsWritten(int id, string name, CoreErrorKind kind)
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        Assert.Equal(kind, (await host.ExecuteAsync(new RenameUserCommand(new UserId(id), name))).Error!.Kind);
        Assert.Empty(host.Store.Batches);
    }

    [Fact]
    public async Task Rename_ToTheSameName_ChangesNothing()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        Assert.Equal("user1", (await host.ExecuteAsync(new RenameUserCommand(new UserId(1), "User1"))).Value.Name);
        Assert.Empty(host.Store.Batches);
    }

    [Fact]
    public async Task Delete_UserWithKeys_TakesTheKeysAlong()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await host.ExecuteAsync(new CreatePreAuthKeyCommand { Owner = new UserId(2) });
        await host.ExecuteAsync(new CreatePreAuthKeyCommand { Owner = new UserId(2), Tags = ["tag:a"] });
        var other = (await host.ExecuteAsync(new CreatePreAuthKeyCommand { Owner = new UserId(1) })).Value;

        var deleted = (await host.ExecuteAsync(new DeleteUserCommand(new UserId(2)))).Value;

        Assert.Equal("user2", deleted.Name);
        Assert.Equal([new UserId(1)], host.Snapshot.Users.Keys);
        Assert.Equal([other.Key.Id], host.Snapshot.PreAuthKeys.Keys);
        Assert.True((await host.ExecuteAsync(new CreateUserCommand("user2", "", null, null))).Value.Id.Value > 2);
    }

    [Fact]
    public async Task Delete_UserWithNodes_IsRefusedAndNamesThem()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(4));

        var refused = (await host.ExecuteAsync(new DeleteUserCommand(new UserId(1)))).Error!;

        Assert.Equal(CoreErrorKind.Refused, refused.Kind);
        Assert.Contains("4 nodes (node1, node2, node3, …)", refused.Message, StringComparison.Ordinal);
        Assert.Empty(host.Store.Batches);
    }

    [Fact]
    public async Task Delete_UserWhoseNodesAreTagged_Works()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await host.ExecuteAsync(new TagNodeCommand(new NodeId(1), ["tag:a"]));

        Assert.Null((await host.ExecuteAsync(new DeleteUserCommand(new UserId(1)))).Error);
    }

    [Fact]
    public async Task Delete_UnknownUser_IsNotFound()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(0));

        Assert.Equal(CoreErrorKind.NotFound, (await host.ExecuteAsync(new DeleteUserCommand(new UserId(9)))).Error!.Kind);
    }
}
