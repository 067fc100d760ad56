using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.Health.V1;
using ServingStatus = MeshControl.Admin.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace MeshControl.Server.Tests.Admin;

/// <summary>gRPC's own health service.</summary>
public sealed class WatchedHealthTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("grpc.health.v1.Health")]
    [InlineData("meshcontrol.admin.v1.UserService")]
    public async Task Check_KnownService_IsAsHealthyAsTheDatabase(string service)
    {
        await using var harness = await AdminHarness.StartAsync();

        Assert.Equal(ServingStatus.Serving, await CheckAsync(harness, service));
        harness.Store.Problem = "The disk is full.";
        Assert.Equal(ServingStatus.NotServing, await CheckAsync(harness, service));
    }

    [Fact]
    public async Task Check_UnknownService_IsNotFound()
    {
        await using var harness = await AdminHarness.StartAsync();

        var exception = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(harness, "meshcontrol.admin.v1.Nothing"));

        Assert.Equal(RpcStatusCode.NotFound, exception.Code);
    }

    [Fact]
    public async Task Watch_TellsChangesOnly()
    {
        await using var harness = await AdminHarness.StartAsync();
        await using var watch = Watch(harness, "");

        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));
        var next = NextAsync(watch);
        await LookAgainAsync(harness);
        await LookAgainAsync(harness);
        Assert.False(next.IsCompleted);
        harness.Store.Problem = "The disk is full.";
        await LookAgainAsync(harness);
        Assert.Equal(ServingStatus.NotServing, await next);
    }

    [Fact]
    public async Task Watch_UnknownService_SaysSoAndGoesOn()
    {
        await using var harness = await AdminHarness.StartAsync();
        await using var watch = Watch(harness, "nothing");

        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(watch));
    }

    private static async Task<ServingStatus> CheckAsync(AdminHarness harness, string service) => (await harness.Channel.CallAsync(
        HealthMethods.Check, new HealthCheckRequest { Service = service }, RpcCallOptions.Default, Cancellation)).Status;

    private static IAsyncEnumerator<HealthCheckResponse> Watch(AdminHarness harness, string service) => harness.Channel.StreamAsync(
        HealthMethods.Watch, new HealthCheckRequest { Service = service }, RpcCallOptions.Default, Cancellation)
        .GetAsyncEnumerator(Cancellation);

    private static async Task<ServingStatus> NextAsync(IAsyncEnumerator<HealthCheckResponse> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return watch.Current.Status;
    }

    /// <summary>Moves the clock, in steps, until the server has looked again.</summary>
    private static async Task LookAgainAsync(AdminHarness harness)
    {
        var before = harness.Store.HealthChecks;
        while (harness.Store.HealthChecks == before)
        {
            Cancellation.ThrowIfCancellationRequested();
            harness.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
