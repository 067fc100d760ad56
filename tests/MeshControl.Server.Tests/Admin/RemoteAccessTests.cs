using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Server.Admin;

namespace MeshControl.Server.Tests.Admin;

/// <summary>Who may call over the network, and who may not.</summary>
public sealed class RemoteAccessTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Acceptance", "TestAPIAuthenticationBypass")]
    [Trait("Acceptance", "TestAPIV1AuthMiddleware")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{key}")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic {key}")]
    [InlineData("Bearer {prefix}")]
    [InlineData("Bearer {key}0")]
    [InlineData("Bearer {key} {key}")]
    [InlineData("Bearer mckey-api-000000000000-0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("Bearer not a key at all")]
    public async Task Call_WithoutAValidKey_IsUnauthenticatedAndTellsNothing(string? header)
    {
        await using var harness = await AdminHarness.StartAsync();
        var created = await harness.Client.CreateApiKeyAsync(new CreateApiKeyRequest(), Cancellation);
        var value = header?.Replace("{key}", created.Key, StringComparison.Ordinal)
            .Replace("{prefix}", created.ApiKey.Prefix, StringComparison.Ordinal);

        var exception = await RefusedAsync(harness, value);

        Assert.Equal(RpcStatusCode.Unauthenticated, exception.Code);
        Assert.Contains("Unauthorized", exception.Message, StringComparison.Ordinal);
        Assert.True(exception.Message.Length < 100);
        Assert.DoesNotContain("ada", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(exception.Trailers, entry => entry.Key != "date");
    }

    [Fact]
    [Trait("Acceptance", "TestAPIAuthenticationBypass")]
    [Trait("Acceptance", "TestAPIV1AuthMiddleware")]
    public async Task Call_WithAValidKey_IsAnswered()
    {
        await using var harness = await AdminHarness.StartAsync();
        await harness.Client.CreateUserAsync(new CreateUserRequest { Name = "linus" }, Cancellation);
        var created = await harness.Client.CreateApiKeyAsync(new CreateApiKeyRequest(), Cancellation);

        Assert.Equal(["ada", "grace", "linus"], await UserNamesAsync(harness, $"Bearer {created.Key}"));
        Assert.Equal(["ada", "grace", "linus"], await UserNamesAsync(harness, $"bearer  {created.Key}"));
    }

    [Fact]
    [Trait("Acceptance", "TestAPIV1SocketClient")]
    public async Task Call_OverTheSocket_NeedsNoKeyAndMindsNone()
    {
        await using var harness = await AdminHarness.StartAsync();

        Assert.Equal(2, (await harness.Client.ListUsersAsync(new ListUsersRequest(), Cancellation).ToListAsync(Cancellation)).Count);
        var wrong = new AdminClient(harness.Channel, Options("Bearer wrong"));
        Assert.Equal(2, (await wrong.ListUsersAsync(new ListUsersRequest(), Cancellation).ToListAsync(Cancellation)).Count);
    }

    [Fact]
    public async Task Call_KeyExpiredOrDeleted_IsRefusedFromThenOn()
    {
        await using var harness = await AdminHarness.StartAsync();
        var shortLived = await CreateAsync(harness, Hour);
        var expired = await CreateAsync(harness, 2 * Hour);
        var deleted = await CreateAsync(harness, 2 * Hour);
        var kept = await CreateAsync(harness, 2 * Hour);
        await harness.Client.ExpireApiKeyAsync(new ExpireApiKeyRequest { Id = expired.ApiKey.Id }, Cancellation);
        await harness.Client.DeleteApiKeyAsync(new DeleteApiKeyRequest { Id = deleted.ApiKey.Id }, Cancellation);
        Assert.NotEmpty(await UserNamesAsync(harness, $"Bearer {shortLived.Key}"));
        harness.Time.Advance(Hour);

        foreach (var key in new[] { shortLived.Key, expired.Key, deleted.Key })
        {
            Assert.Equal(RpcStatusCode.Unauthenticated, (await RefusedAsync(harness, $"Bearer {key}")).Code);
        }

        Assert.NotEmpty(await UserNamesAsync(harness, $"Bearer {kept.Key}"));
    }

    [Fact]
    public async Task Call_TwoAuthorizationHeaders_IsUnauthenticated()
    {
        await using var harness = await AdminHarness.StartAsync();
        var key = (await CreateAsync(harness, Hour)).Key;
        using var channel = Open(harness);
        var options = new RpcCallOptions { Metadata = new RpcMetadata { { "authorization", $"Bearer {key}" }, { "authorization", $"Bearer {key}" } } };

        var exception = await Assert.ThrowsAsync<RpcException>(() => new AdminClient(channel, options).GetVersionAsync(Cancellation));

        Assert.Equal(RpcStatusCode.Unauthenticated, exception.Code);
    }

    [Fact]
    public async Task Refusals_OneBeyondTheLimit_AreCountedInsteadOfLogged()
    {
        await using var harness = await AdminHarness.StartAsync();
        for (var count = 0; count < RemoteLimits.RefusalLinesPerMinute + 2; count++)
        {
            await RefusedAsync(harness, "Bearer secret-text");
        }

        Assert.Equal(RemoteLimits.RefusalLinesPerMinute, harness.Log.Entries.Count);
        harness.Time.Advance(TimeSpan.FromMinutes(1));
        await RefusedAsync(harness, null);

        var last = harness.Log.Entries.Last().Text;
        Assert.Equal(
            "An administration call from 127.0.0.1 was refused: it came without a bearer token (since the last such line 2 more were refused)",
            last);
        Assert.DoesNotContain(harness.Log.Entries, entry => entry.Text.Contains("secret-text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Calls_OneBeyondTheLimit_IsRefusedWhileTheSocketAnswers()
    {
        await using var harness = await AdminHarness.StartAsync();
        var options = Options($"Bearer {(await CreateAsync(harness, Hour)).Key}");
        var held = new TaskCompletionSource<string?>();
        harness.Store.Health = held.Task;

        // One connection does not carry as many calls at a time.
        using var one = Open(harness);
        using var two = Open(harness);
        var calls = Enumerable.Range(0, RemoteLimits.MaxCalls)
            .Select(number => new AdminClient(number % 2 == 0 ? one : two, options).GetHealthAsync(Cancellation)).ToList();
        for (var next = harness.Store.NextHealthCheck;
            harness.Store.HealthChecks < RemoteLimits.MaxCalls;
            next = harness.Store.NextHealthCheck)
        {
            await next.WaitAsync(Cancellation);
        }

        var tooMany = await Assert.ThrowsAsync<RpcException>(() => new AdminClient(one, options).GetVersionAsync(Cancellation));
        Assert.Equal(RpcStatusCode.ResourceExhausted, tooMany.Code);
        Assert.NotEmpty((await harness.Client.GetVersionAsync(Cancellation)).Version);

        held.SetResult(null);
        await Task.WhenAll(calls);

        // A place is free when the server is done with a call, which may be a moment after its caller has the answer.
        Assert.NotEmpty((await EventuallyAsync(() => new AdminClient(one, options).GetVersionAsync(Cancellation))).Version);
    }

    private static async Task<T> EventuallyAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (RpcException exception) when (exception.Code == RpcStatusCode.ResourceExhausted)
            {
                Cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private static Task<CreateApiKeyResponse> CreateAsync(AdminHarness harness, TimeSpan lifetime) => harness.Client.CreateApiKeyAsync(
        new CreateApiKeyRequest { Lifetime = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(lifetime) }, Cancellation);

    private static async Task<RpcException> RefusedAsync(AdminHarness harness, string? header)
    {
        using var channel = Open(harness);
        return await Assert.ThrowsAsync<RpcException>(
            () => new AdminClient(channel, Options(header)).CreateUserAsync(new CreateUserRequest { Name = "mallory" }, Cancellation));
    }

    private static async Task<List<string>> UserNamesAsync(AdminHarness harness, string header)
    {
        using var channel = Open(harness);
        return await new AdminClient(channel, Options(header)).ListUsersAsync(new ListUsersRequest(), Cancellation)
            .Select(user => user.Name).ToListAsync(Cancellation);
    }

    private static RpcChannel Open(AdminHarness harness) =>
        new(RemoteHandler.Create(new CertificateCheck(acceptsAny: false, authorities: null)), harness.RemoteAddress, TimeProvider.System);

    private static RpcCallOptions Options(string? header) =>
        new() { Metadata = header is null ? null : new RpcMetadata { { "authorization", header } } };
}
