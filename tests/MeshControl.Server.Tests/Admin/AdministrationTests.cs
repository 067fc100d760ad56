using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Core.Nodes;

namespace MeshControl.Server.Tests.Admin;

/// <summary>The verbs that change users, keys and nodes, end to end: client, socket, handlers, a real tailnet.</summary>
public sealed class AdministrationTests
{
    private static readonly DateTime Noon = new(2026, 8, 1, 12, 0, 0, DateTimeKind.Utc);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ada")]
    [InlineData("1")]
    [InlineData("Ada@Example.com")]
    public async Task GetUser_ByNameIdOrEmail_IsTheUser(string selector)
    {
        await using var harness = await AdminHarness.StartAsync();

        Assert.Equal(1, (await harness.Client.GetUserAsync(selector, Cancellation)).Id);
    }

    [Fact]
    public async Task RenameUser_ByEmail_KeepsTheRest()
    {
        await using var harness = await AdminHarness.StartAsync();

        var renamed = await harness.Client.RenameUserAsync(
            new RenameUserRequest { User = "ada@example.com", NewName = "lovelace" }, Cancellation);

        Assert.Equal((1, "lovelace", "Ada", "ada@example.com"), (renamed.Id, renamed.Name, renamed.DisplayName, renamed.Email));
        Assert.Equal(renamed, await harness.Client.GetUserAsync("lovelace", Cancellation));
        Assert.Equal(RpcStatusCode.NotFound, await CodeAsync(harness.Client.GetUserAsync("ada", Cancellation)));
    }

    [Fact]
    public async Task DeleteUser_WithNodes_IsRefusedUntilTheyAreGone()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 1);

        Assert.Equal(RpcStatusCode.FailedPrecondition, await CodeAsync(harness.Client.DeleteUserAsync("ada", Cancellation)));
        await harness.Client.DeleteNodeAsync(1, Cancellation);
        await harness.Client.DeleteUserAsync("ada", Cancellation);

        Assert.Equal(RpcStatusCode.NotFound, await CodeAsync(harness.Client.GetUserAsync("ada", Cancellation)));
    }

    [Fact]
    public async Task DeleteUser_WithKeys_TakesThemAlong()
    {
        await using var harness = await AdminHarness.StartAsync();
        await harness.Client.CreatePreAuthKeyAsync(new CreatePreAuthKeyRequest { User = "grace" }, Cancellation);

        await harness.Client.DeleteUserAsync("grace", Cancellation);

        Assert.Empty(await KeysAsync(harness));
    }

    [Fact]
    public async Task ExpirePreAuthKey_ByIdOrText_EndsThisOneOnly()
    {
        await using var harness = await AdminHarness.StartAsync();
        var request = new CreatePreAuthKeyRequest { User = "ada", Lifetime = Duration.FromTimeSpan(TimeSpan.FromDays(1)) };
        var one = await harness.Client.CreatePreAuthKeyAsync(request, Cancellation);
        var two = await harness.Client.CreatePreAuthKeyAsync(request, Cancellation);
        var three = await harness.Client.CreatePreAuthKeyAsync(request, Cancellation);

        var byId = await harness.Client.ExpirePreAuthKeyAsync(new ExpirePreAuthKeyRequest { Id = one.PreAuthKey.Id }, Cancellation);
        await harness.Client.ExpirePreAuthKeyAsync(new ExpirePreAuthKeyRequest { Key = two.Key }, Cancellation);

        Assert.Equal(Noon, byId.Expiration.ToDateTime());
        Assert.Equal([Noon, Noon, Noon.AddDays(1)], (await KeysAsync(harness)).Select(key => key.Expiration.ToDateTime()));
        Assert.Equal(three.PreAuthKey, (await KeysAsync(harness))[2]);
    }

    [Fact]
    public async Task DeletePreAuthKey_ByIdOrBeginning_IsGone()
    {
        await using var harness = await AdminHarness.StartAsync();
        var one = await harness.Client.CreatePreAuthKeyAsync(new CreatePreAuthKeyRequest { User = "ada" }, Cancellation);
        var two = await harness.Client.CreatePreAuthKeyAsync(new CreatePreAuthKeyRequest { User = "ada" }, Cancellation);

        await harness.Client.DeletePreAuthKeyAsync(new DeletePreAuthKeyRequest { Id = one.PreAuthKey.Id }, Cancellation);
        await harness.Client.DeletePreAuthKeyAsync(new DeletePreAuthKeyRequest { Key = two.PreAuthKey.Prefix }, Cancellation);

        Assert.Empty(await KeysAsync(harness));
    }

    [Fact]
    public async Task EndOfAKey_UnknownOne_IsNotFound()
    {
        await using var harness = await AdminHarness.StartAsync();

        Assert.Equal(RpcStatusCode.NotFound, await CodeAsync(harness.Client.ExpirePreAuthKeyAsync(new() { Id = 9 }, Cancellation)));
        Assert.Equal(RpcStatusCode.NotFound, await CodeAsync(harness.Client.ExpirePreAuthKeyAsync(new(), Cancellation)));
        Assert.Equal(RpcStatusCode.NotFound, await CodeAsync(harness.Client.DeletePreAuthKeyAsync(new() { Id = 9 }, Cancellation)));
        Assert.Equal(
            RpcStatusCode.InvalidArgument, await CodeAsync(harness.Client.DeletePreAuthKeyAsync(new() { Key = "nonsense" }, Cancellation)));
    }

    [Fact]
    public async Task RenameNode_IsShownAfterwards()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 2);

        var renamed = await harness.Client.RenameNodeAsync(new RenameNodeRequest { Id = 1, NewName = "kitchen" }, Cancellation);

        Assert.Equal(("kitchen", "Host 1"), (renamed.GivenName, renamed.Hostname));
        Assert.Equal(renamed, await harness.Client.GetNodeAsync(1, Cancellation));
        Assert.Equal(
            RpcStatusCode.AlreadyExists, await CodeAsync(harness.Client.RenameNodeAsync(new() { Id = 2, NewName = "kitchen" }, Cancellation)));
        Assert.Equal(
            RpcStatusCode.NotFound, await CodeAsync(harness.Client.RenameNodeAsync(new() { Id = 9, NewName = "kitchen" }, Cancellation)));
    }

    [Fact]
    public async Task ExpireNode_EachWayToSayIt()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 1);

        Assert.Equal(Noon, await ExpireAsync(new ExpireNodeRequest { Id = 1 }));
        Assert.Null(await ExpireAsync(new ExpireNodeRequest { Id = 1, Never = true }));
        Assert.Equal(
            Noon.AddHours(2), await ExpireAsync(new ExpireNodeRequest { Id = 1, Expiry = Timestamp.FromDateTime(Noon.AddHours(2)) }));
        Assert.Equal(
            Noon.AddDays(1), await ExpireAsync(new ExpireNodeRequest { Id = 1, Lifetime = Duration.FromTimeSpan(TimeSpan.FromDays(1)) }));
        Assert.Equal(Noon, await ExpireAsync(new ExpireNodeRequest { Id = 1, Never = false }));

        async Task<DateTime?> ExpireAsync(ExpireNodeRequest request) =>
            (await harness.Client.ExpireNodeAsync(request, Cancellation)).Expiry?.ToDateTime();
    }

    [Fact]
    public async Task ExpireNode_Refused_HasTheRightStatus()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 1);
        (ExpireNodeRequest Request, RpcStatusCode Code)[] cases =
        [
            (new() { Id = 9 }, RpcStatusCode.NotFound),
            (new() { Id = 1, Expiry = new Timestamp { Seconds = long.MaxValue } }, RpcStatusCode.InvalidArgument),
            (new() { Id = 1, Expiry = new Timestamp { Seconds = 1, Nanos = -1 } }, RpcStatusCode.InvalidArgument),
            (new() { Id = 1, Lifetime = new Duration { Seconds = long.MaxValue } }, RpcStatusCode.InvalidArgument),
            (new() { Id = 1, Lifetime = Duration.FromTimeSpan(ExpireNodeCommand.MaxLifetime + TimeSpan.FromSeconds(1)) }, RpcStatusCode.InvalidArgument),
        ];

        foreach (var (request, code) in cases)
        {
            Assert.Equal(code, await CodeAsync(harness.Client.ExpireNodeAsync(request, Cancellation)));
        }
    }

    [Fact]
    public async Task SetNodeTags_UsersNode_HasNoUserAnyMoreAndKeepsItsExpiry()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 1);

        var tagged = await harness.Client.SetNodeTagsAsync(new SetNodeTagsRequest { Id = 1, Tags = { "tag:b", "tag:a" } }, Cancellation);

        Assert.Null(tagged.User);
        Assert.Equal(Noon.AddDays(1), tagged.Expiry.ToDateTime());
        Assert.Equal(["tag:a", "tag:b"], tagged.Tags);
        Assert.Equal(RpcStatusCode.InvalidArgument, await CodeAsync(harness.Client.SetNodeTagsAsync(new() { Id = 1 }, Cancellation)));
        Assert.Equal(
            RpcStatusCode.InvalidArgument, await CodeAsync(harness.Client.SetNodeTagsAsync(new() { Id = 1, Tags = { "web" } }, Cancellation)));
    }

    [Fact]
    public async Task ChangeNodes_Chosen_IsDoneToThemAndToNoOthers()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 3);
        var untag = new SetNodeTagsRequest { User = "grace" };

        Assert.Equal([1, 3], await harness.Client.ChangeNodesAsync(
            new() { Filter = new() { Ids = { 3, 1 } }, SetTags = new() { Tags = { "tag:a" } } }, Cancellation));
        Assert.Equal([1, 3], await harness.Client.ChangeNodesAsync(new() { Filter = new() { Tag = "tag:a" }, SetTags = untag }, Cancellation));
        Assert.Equal("ada", (await harness.Client.MoveNodeAsync(new() { Id = 1, User = "ada" }, Cancellation)).User.Name);
        Assert.Equal([3], await harness.Client.ChangeNodesAsync(
            new() { Filter = new() { User = "grace", Ids = { 1, 3, 9 } }, Expire = new() }, Cancellation));
        Assert.Equal([3], await ListedAsync(new() { Filter = new() { Expired = true } }));
        Assert.Equal([3], await harness.Client.ChangeNodesAsync(new() { Filter = new() { Expired = true }, Delete = new() }, Cancellation));

        Assert.Equal([1, 2], await ListedAsync(new()));
        Assert.Equal([1], await ListedAsync(new() { User = "ada" }));

        async Task<IEnumerable<long>> ListedAsync(ListNodesRequest request) =>
            (await harness.Client.ListNodesAsync(request, Cancellation).ToListAsync(Cancellation)).Select(node => node.Id);
    }

    [Fact]
    public async Task ChangeNodes_Refused_HasTheRightStatusAndChangesNothing()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 2);
        var before = await harness.Client.ListNodesAsync(new(), Cancellation).ToListAsync(Cancellation);
        var both = new NodeFilter { Ids = { 1, 2 } };
        (ChangeNodesRequest Request, RpcStatusCode Code)[] cases =
        [
            (new() { Delete = new() }, RpcStatusCode.InvalidArgument),
            (new() { Filter = new(), Delete = new() }, RpcStatusCode.InvalidArgument),
            (new() { Filter = both }, RpcStatusCode.InvalidArgument),
            (new() { Filter = new() { Ids = { 1, 9 } }, Delete = new() }, RpcStatusCode.NotFound),
            (new() { Filter = new() { User = "nobody" }, Delete = new() }, RpcStatusCode.NotFound),
            (new() { Filter = new() { Tag = "web" }, Delete = new() }, RpcStatusCode.InvalidArgument),
            (new() { Filter = new() { OfflineFor = new Duration { Seconds = long.MaxValue } }, Delete = new() }, RpcStatusCode.InvalidArgument),
            (new() { Filter = both, Move = new() { User = "nobody" } }, RpcStatusCode.NotFound),
            (new() { Filter = both, SetTags = new() { User = "grace" } }, RpcStatusCode.FailedPrecondition),
            (new() { Filter = both, SetTags = new() { Tags = { "tag:a" }, Add = { "tag:b" } } }, RpcStatusCode.InvalidArgument),
            (new() { Filter = both, Expire = new() { Expiry = new Timestamp { Seconds = long.MaxValue } } }, RpcStatusCode.InvalidArgument),
        ];

        foreach (var (request, code) in cases)
        {
            Assert.Equal(code, await CodeAsync(harness.Client.ChangeNodesAsync(request, Cancellation)));
        }

        Assert.Equal(before, await harness.Client.ListNodesAsync(new(), Cancellation).ToListAsync(Cancellation));
    }

    private static async Task<List<PreAuthKey>> KeysAsync(AdminHarness harness) =>
        await harness.Client.ListPreAuthKeysAsync(new(), Cancellation).ToListAsync(Cancellation);

    private static async Task<RpcStatusCode> CodeAsync(Task call)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.EndsWith(".", exception.Message, StringComparison.Ordinal);
        return exception.Code;
    }
}
