using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Core.Storage;

namespace MeshControl.Server.Tests.Admin;

/// <summary>The admin API end to end: client, socket, handlers, a real tailnet.</summary>
public sealed class AdminHandlerTests
{
    private static readonly Timestamp Noon = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateUser_ReturnsWhatIsListedAfterwards()
    {
        await using var harness = await AdminHarness.StartAsync();

        var created = await harness.Client.CreateUserAsync(
            new CreateUserRequest { Name = " Linus ", DisplayName = "Linus", Email = "L@Example.com", ProfilePicUrl = "https://e.com/l.png" },
            Cancellation);
        var listed = await ListUsersAsync(harness, new ListUsersRequest { Name = "LINUS" });

        Assert.Equal(
            new User
            {
                Id = created.Id,
                Name = "linus",
                DisplayName = "Linus",
                Email = "l@example.com",
                Provider = "local",
                ProfilePicUrl = "https://e.com/l.png",
                CreatedAt = Noon,
                Role = UserRole.Member,
            },
            created);
        Assert.Equal(created, Assert.Single(listed));
    }

    [Theory]
    [InlineData("ada", RpcStatusCode.AlreadyExists)]
    [InlineData("1", RpcStatusCode.InvalidArgument)]
    [InlineData("", RpcStatusCode.InvalidArgument)]
    public async Task CreateUser_Refused_HasTheRightStatus(string name, RpcStatusCode code)
    {
        await using var harness = await AdminHarness.StartAsync();

        var exception = await Assert.ThrowsAsync<RpcException>(
            () => harness.Client.CreateUserAsync(new CreateUserRequest { Name = name }, Cancellation));

        Assert.Equal(code, exception.Code);
        Assert.EndsWith(".", exception.Message, StringComparison.Ordinal);
        var info = Assert.Single(exception.Status.Details).Unpack<ErrorInfo>();
        Assert.Equal(("meshcontrol", code == RpcStatusCode.AlreadyExists ? "ALREADY_EXISTS" : "INVALID"), (info.Domain, info.Reason));
    }

    [Fact]
    public async Task CreateUser_DatabaseGone_IsUnavailable()
    {
        await using var harness = await AdminHarness.StartAsync();
        harness.Store.Outcome = CommitOutcome.Unavailable;

        var exception = await Assert.ThrowsAsync<RpcException>(
            () => harness.Client.CreateUserAsync(new CreateUserRequest { Name = "linus" }, Cancellation));

        Assert.Equal(RpcStatusCode.Unavailable, exception.Code);
    }

    [Fact]
    public async Task ListUsers_Filters()
    {
        await using var harness = await AdminHarness.StartAsync();

        Assert.Equal([1, 2], (await ListUsersAsync(harness, new ListUsersRequest())).Select(u => u.Id));
        Assert.Equal([2], (await ListUsersAsync(harness, new ListUsersRequest { Id = 2 })).Select(u => u.Id));
        Assert.Equal([2], (await ListUsersAsync(harness, new ListUsersRequest { Name = "grace" })).Select(u => u.Id));
        Assert.Equal([1], (await ListUsersAsync(harness, new ListUsersRequest { Email = "Ada@Example.com" })).Select(u => u.Id));
        Assert.Empty(await ListUsersAsync(harness, new ListUsersRequest { Id = 9 }));
        Assert.Empty(await ListUsersAsync(harness, new ListUsersRequest { Name = "nobody" }));
        Assert.Empty(await ListUsersAsync(harness, new ListUsersRequest { Email = "nobody@example.com" }));
    }

    [Fact]
    public async Task GetNode_ShowsEveryField()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 2);

        var owned = await harness.Client.GetNodeAsync(1, Cancellation);
        var tagged = await harness.Client.GetNodeAsync(2, Cancellation);

        Assert.Equal("mkey:010000000000000001" + new string('0', 46), owned.MachineKey);
        Assert.Equal("nodekey:020000000000000001" + new string('0', 46), owned.NodeKey);
        Assert.Equal("discokey:030000000000000001" + new string('0', 46), owned.DiscoKey);
        Assert.Equal(["100.64.0.1"], owned.IpAddresses);
        Assert.Equal(("Host 1", "node-1", "ada"), (owned.Hostname, owned.GivenName, owned.User.Name));
        Assert.Equal(Noon.ToDateTime().AddDays(1), owned.Expiry.ToDateTime());
        Assert.Equal(Noon.ToDateTime().AddHours(-1), owned.LastSeen.ToDateTime());
        Assert.Equal((RegisterMethod.AuthKey, 5), (owned.RegisterMethod, owned.PreAuthKeyId));
        Assert.Null(tagged.User);
        Assert.Equal(["tag:even"], tagged.Tags);
        Assert.Equal("", tagged.DiscoKey);
        Assert.Null(tagged.Expiry);
        Assert.Equal((RegisterMethod.Cli, 0), (tagged.RegisterMethod, tagged.PreAuthKeyId));
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("1")]
    public async Task ListNodes_OfAUser_ByNameOrId(string user)
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 5);

        Assert.Equal([1, 3, 5], (await ListNodesAsync(harness, user)).Select(n => n.Id));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("nobody@example.com")]
    [InlineData("99")]
    public async Task ListNodes_UserNotFound_Fails(string user)
    {
        await using var harness = await AdminHarness.StartAsync();

        var exception = await Assert.ThrowsAsync<RpcException>(() => ListNodesAsync(harness, user));

        Assert.Equal(RpcStatusCode.NotFound, exception.Code);
    }

    [Fact]
    public async Task ListNodes_TenThousand_ArriveInPages()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 10_000);

        var nodes = await ListNodesAsync(harness, "");

        Assert.Equal(Enumerable.Range(1, 10_000).Select(i => (long)i), nodes.Select(n => n.Id));
    }

    [Fact]
    public async Task DeleteNode_IsGone()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 2);

        await harness.Client.DeleteNodeAsync(1, Cancellation);
        var exception = await Assert.ThrowsAsync<RpcException>(() => harness.Client.DeleteNodeAsync(1, Cancellation));

        Assert.Equal([2], (await ListNodesAsync(harness, "")).Select(n => n.Id));
        Assert.Equal(RpcStatusCode.NotFound, exception.Code);
    }

    [Fact]
    public async Task CreatePreAuthKey_ShowsTheKeyOnce()
    {
        await using var harness = await AdminHarness.StartAsync();

        var created = await harness.Client.CreatePreAuthKeyAsync(
            new CreatePreAuthKeyRequest { User = "grace", Reusable = true, Ephemeral = true }, Cancellation);
        var listed = Assert.Single(await harness.Client.ListPreAuthKeysAsync(new(), Cancellation).ToListAsync(Cancellation));

        Assert.Matches("^mckey-auth-[0-9a-f]{12}-[0-9a-f]{64}$", created.Key);
        Assert.Equal(created.PreAuthKey, listed);
        Assert.StartsWith(listed.Prefix, created.Key, StringComparison.Ordinal);
        Assert.DoesNotContain(created.Key, listed.ToString(), StringComparison.Ordinal);
        Assert.Equal("grace", listed.User.Name);
        Assert.True(listed.Reusable && listed.Ephemeral && !listed.Used);
        Assert.Equal(Noon.ToDateTime().AddHours(1), listed.Expiration.ToDateTime());
    }

    [Fact]
    public async Task CreatePreAuthKey_TagsWithoutUser_AreKept()
    {
        await using var harness = await AdminHarness.StartAsync();

        var created = await harness.Client.CreatePreAuthKeyAsync(
            new CreatePreAuthKeyRequest { Tags = { "tag:b", "tag:a" }, Lifetime = Duration.FromTimeSpan(TimeSpan.FromDays(90)) }, Cancellation);

        Assert.Null(created.PreAuthKey.User);
        Assert.Equal(["tag:a", "tag:b"], created.PreAuthKey.Tags);
        Assert.Equal(Noon.ToDateTime().AddDays(90), created.PreAuthKey.Expiration.ToDateTime());
    }

    [Fact]
    public async Task CreatePreAuthKey_Refused_HasTheRightStatus()
    {
        await using var harness = await AdminHarness.StartAsync();
        (CreatePreAuthKeyRequest Request, RpcStatusCode Code)[] cases =
        [
            (new CreatePreAuthKeyRequest(), RpcStatusCode.InvalidArgument),
            (new CreatePreAuthKeyRequest { User = "nobody" }, RpcStatusCode.NotFound),
            (new CreatePreAuthKeyRequest { Tags = { "prod" } }, RpcStatusCode.InvalidArgument),
            (new CreatePreAuthKeyRequest { User = "ada", Lifetime = new Duration { Seconds = -1 } }, RpcStatusCode.InvalidArgument),
            (new CreatePreAuthKeyRequest { User = "ada", Lifetime = new Duration { Seconds = 1, Nanos = -1 } }, RpcStatusCode.InvalidArgument),
            (new CreatePreAuthKeyRequest { User = "ada", Lifetime = new Duration { Seconds = long.MaxValue } }, RpcStatusCode.InvalidArgument),
            (new CreatePreAuthKeyRequest { User = "ada", Lifetime = new Duration { Seconds = Duration.MaxSeconds } }, RpcStatusCode.InvalidArgument),
        ];

        foreach (var (request, code) in cases)
        {
            var exception = await Assert.ThrowsAsync<RpcException>(() => harness.Client.CreatePreAuthKeyAsync(request, Cancellation));
            Assert.Equal(code, exception.Code);
        }
    }

    [Fact]
    public async Task GetHealth_AsksTheDatabase()
    {
        await using var harness = await AdminHarness.StartAsync();

        var healthy = await harness.Client.GetHealthAsync(Cancellation);
        harness.Store.Problem = "The disk is full.";
        var ill = await harness.Client.GetHealthAsync(Cancellation);

        Assert.Equal((true, ""), (healthy.DatabaseConnectivity, healthy.DatabaseProblem));
        Assert.Equal((false, "The disk is full."), (ill.DatabaseConnectivity, ill.DatabaseProblem));
    }

    [Fact]
    public async Task GetVersion_IsFilled()
    {
        await using var harness = await AdminHarness.StartAsync();

        var version = await harness.Client.GetVersionAsync(Cancellation);

        Assert.Matches(@"^\d+\.\d+\.\d+", version.Version);
        Assert.Contains('/', version.Platform);
    }

    [Fact]
    public async Task AnyCall_OverTcp_IsRefused()
    {
        await using var harness = await AdminHarness.StartAsync();
        using var channel = new RpcChannel(new SocketsHttpHandler { UseProxy = false }, harness.TcpAddress, TimeProvider.System);

        var exception = await Assert.ThrowsAsync<RpcException>(
            () => new AdminClient(channel, RpcCallOptions.Default).CreateUserAsync(new CreateUserRequest { Name = "mallory" }, Cancellation));

        Assert.Equal(RpcStatusCode.PermissionDenied, exception.Code);
        Assert.Empty(await ListUsersAsync(harness, new ListUsersRequest { Name = "mallory" }));
    }

    private static async Task<List<User>> ListUsersAsync(AdminHarness harness, ListUsersRequest request) =>
        await harness.Client.ListUsersAsync(request, Cancellation).ToListAsync(Cancellation);

    private static async Task<List<Node>> ListNodesAsync(AdminHarness harness, string user) =>
        await harness.Client.ListNodesAsync(new ListNodesRequest { User = user }, Cancellation).ToListAsync(Cancellation);
}
