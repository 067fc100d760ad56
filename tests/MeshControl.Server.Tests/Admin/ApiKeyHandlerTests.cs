using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;

namespace MeshControl.Server.Tests.Admin;

/// <summary>API keys through the admin API.</summary>
public sealed class ApiKeyHandlerTests
{
    private static readonly DateTime Noon = new(2026, 8, 1, 12, 0, 0, DateTimeKind.Utc);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateApiKey_ShowsTheKeyOnce()
    {
        await using var harness = await AdminHarness.StartAsync();

        var created = await harness.Client.CreateApiKeyAsync(new CreateApiKeyRequest(), Cancellation);
        var listed = Assert.Single(await ListAsync(harness));

        Assert.Matches("^mckey-api-[0-9a-f]{12}-[0-9a-f]{64}$", created.Key);
        Assert.Equal(created.ApiKey, listed);
        Assert.StartsWith(listed.Prefix + "-", created.Key, StringComparison.Ordinal);
        Assert.DoesNotContain(created.Key, listed.ToString(), StringComparison.Ordinal);
        Assert.Equal((Noon, Noon.AddDays(90)), (listed.CreatedAt.ToDateTime(), listed.Expiration.ToDateTime()));
    }

    [Fact]
    public async Task CreateApiKey_BadLifetime_IsInvalid()
    {
        await using var harness = await AdminHarness.StartAsync();

        foreach (var lifetime in new[]
        {
            new Duration(), new Duration { Seconds = -1 }, new Duration { Seconds = 1, Nanos = -1 }, new Duration { Seconds = long.MaxValue },
        })
        {
            var exception = await Assert.ThrowsAsync<RpcException>(
                () => harness.Client.CreateApiKeyAsync(new CreateApiKeyRequest { Lifetime = lifetime }, Cancellation));
            Assert.Equal(RpcStatusCode.InvalidArgument, exception.Code);
        }
    }

    [Fact]
    public async Task ExpireAndDelete_ByIdAndByPrefix_AreSeenInTheList()
    {
        await using var harness = await AdminHarness.StartAsync();
        var keys = new List<ApiKey>();
        for (var count = 0; count < 3; count++)
        {
            keys.Add((await harness.Client.CreateApiKeyAsync(new CreateApiKeyRequest(), Cancellation)).ApiKey);
        }

        var expired = await harness.Client.ExpireApiKeyAsync(new ExpireApiKeyRequest { Prefix = keys[0].Prefix }, Cancellation);
        await harness.Client.ExpireApiKeyAsync(new ExpireApiKeyRequest { Id = keys[1].Id }, Cancellation);
        await harness.Client.DeleteApiKeyAsync(new DeleteApiKeyRequest { Id = keys[2].Id }, Cancellation);
        await harness.Client.DeleteApiKeyAsync(new DeleteApiKeyRequest { Prefix = keys[1].Prefix }, Cancellation);

        Assert.Equal(Noon, expired.Expiration.ToDateTime());
        Assert.Equal([expired], await ListAsync(harness));
    }

    [Fact]
    public async Task ExpireAndDelete_NothingOrNobodyNamed_HaveTheRightStatus()
    {
        await using var harness = await AdminHarness.StartAsync();

        await FailsAsync(RpcStatusCode.InvalidArgument, new ExpireApiKeyRequest(), new DeleteApiKeyRequest());
        await FailsAsync(RpcStatusCode.NotFound, new ExpireApiKeyRequest { Id = 9 }, new DeleteApiKeyRequest { Id = 9 });
        await FailsAsync(RpcStatusCode.NotFound, new ExpireApiKeyRequest { Prefix = "x" }, new DeleteApiKeyRequest { Prefix = "x" });

        async Task FailsAsync(RpcStatusCode code, ExpireApiKeyRequest expire, DeleteApiKeyRequest delete)
        {
            Assert.Equal(code, (await Assert.ThrowsAsync<RpcException>(() => harness.Client.ExpireApiKeyAsync(expire, Cancellation))).Code);
            Assert.Equal(code, (await Assert.ThrowsAsync<RpcException>(() => harness.Client.DeleteApiKeyAsync(delete, Cancellation))).Code);
        }
    }

    private static async Task<List<ApiKey>> ListAsync(AdminHarness harness) =>
        await harness.Client.ListApiKeysAsync(new ListApiKeysRequest(), Cancellation).ToListAsync(Cancellation);
}
