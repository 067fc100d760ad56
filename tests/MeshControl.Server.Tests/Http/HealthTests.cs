using System.Net;
using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Protocol.Crypto;
using MeshControl.Server.Noise;
using MeshControl.Server.RelayMaps;
using MeshControl.Server.Tests.Admin;
using MeshControl.Testing.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Server.Tests.Http;

/// <summary>What watches the server must learn of a database that fails, and must not wait for it.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private readonly MemoryStore _store = new(new StoredTailnet(new TailnetId(1), "default", 0));
    private readonly ManualTimeProvider _time = new();
    private readonly X25519PrivateKey _key = X25519PrivateKey.Generate();
    private readonly HandshakeQueue _handshakes = new(atOnce: 1);
    private readonly WebApplication _app;
    private readonly HttpClient _http = new();

    public HealthTests()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        var upgrade = new UpgradeEndpoint(
            _key, channels: null!, _handshakes, metrics: null!, _time, NullLogger<UpgradeEndpoint>.Instance);
        new PublicEndpoints(upgrade, _key, new HealthCheck(_store, _time), new RelayMapPage(maps: null!)).Map(_app);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Uri Url => new(new Uri(_app.Urls.First()), "/health");

    public async ValueTask InitializeAsync() => await _app.StartAsync(Token);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        _key.Dispose();
        _handshakes.Dispose();
    }

    [Fact]
    public async Task Health_DatabaseFails_Is500WithoutDetails()
    {
        _store.Problem = "secret detail";

        using var answer = await _http.GetAsync(Url, Token);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("""{"status":"fail"}""", (await answer.Content.ReadAsStringAsync(Token)).TrimEnd());
    }

    [Fact]
    public async Task Health_AskedAgainWithinItsFreshness_IsTheSameAnswer()
    {
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
        _store.Problem = "it broke just now";

        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
        _time.Advance(HealthCheck.Freshness);
        Assert.Equal(HttpStatusCode.InternalServerError, await StatusAsync());
    }

    [Fact]
    public async Task Health_DatabaseHangs_IsFailureAfterASecond()
    {
        var hanging = new TaskCompletionSource<string?>();
        _store.Health = hanging.Task;
        var asking = _http.GetAsync(Url, Token);
        while (_time.PendingTimers == 0)
        {
            await Task.Yield();
        }

        Assert.False(asking.IsCompleted);
        _time.Advance(HealthCheck.Timeout);

        using var answer = await asking;
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        hanging.SetResult(null);
    }

    private async Task<HttpStatusCode> StatusAsync()
    {
        using var answer = await _http.GetAsync(Url, Token);
        return answer.StatusCode;
    }
}
