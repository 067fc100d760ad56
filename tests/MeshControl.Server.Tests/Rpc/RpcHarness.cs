using System.Net;
using MeshControl.Admin.Grpc;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Rpc;
using MeshControl.Server.Tests.Rpc.Contract;
using MeshControl.Testing.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Tests.Rpc;

/// <summary>
/// A real Kestrel with the echo service, on a Unix socket (HTTP/2) and on TCP (HTTP/1.1), and a channel to the former. Tests set the
/// handlers.
/// </summary>
internal sealed class RpcHarness : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rpc");
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _app;

    private RpcHarness()
    {
        Metrics = new ServerMetrics(ServerTime);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(Log);
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(Socket, o => o.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        var dispatcher = new RpcDispatcher(
            http => Guard(http), Metrics, ServerTime, _app.Services.GetRequiredService<ILogger<RpcDispatcher>>(), _stopping.Token);
        new RpcService(EchoMethods.Service)
            .Unary(EchoMethods.Echo, (request, call, ct) => OnEcho(request, call, ct))
            .ServerStream(EchoMethods.Count, (request, call, ct) => OnCount(request, call, ct))
            .Map(_app, dispatcher);
        _app.MapPost("/meshcontrol.tests.OtherService/Echo", http => OnForeign(http));
        Channel = RpcChannel.ForUnixSocket(Socket, TimeSpan.Zero, ClientTime);
    }

    public RpcChannel Channel { get; }

    public ManualTimeProvider ClientTime { get; } = new();

    public ManualTimeProvider ServerTime { get; } = new();

    public LogCollector Log { get; } = new();

    public ServerMetrics Metrics { get; }

    public string Socket => Path.Combine(_directory.FullName, "s");

    public Uri Http1Address => new(_app.Urls.First(u => u.Contains("127.0.0.1", StringComparison.Ordinal)));

    public Func<HttpContext, RpcStatus?> Guard { get; set; } = _ => null;

    public Func<EchoRequest, RpcCall, CancellationToken, Task<RpcResult<EchoResponse>>> OnEcho { get; set; } =
        (request, _, _) => Task.FromResult<RpcResult<EchoResponse>>(new EchoResponse { Text = request.Text });

    public Func<EchoRequest, RpcCall, CancellationToken, IAsyncEnumerable<RpcResult<EchoResponse>>> OnCount { get; set; } =
        (request, _, _) => Numbers(request.Count);

    /// <summary>Answers calls of the other service by hand: a peer that breaks the rules.</summary>
    public Func<HttpContext, Task> OnForeign { get; set; } = _ => Task.CompletedTask;

    public static async Task<RpcHarness> StartAsync()
    {
        var harness = new RpcHarness();
        await harness._app.StartAsync(TestContext.Current.CancellationToken);
        return harness;
    }

    public Task<EchoResponse> EchoAsync(string text, RpcCallOptions? options = null, CancellationToken cancellationToken = default) =>
        Channel.CallAsync(EchoMethods.Echo, new EchoRequest { Text = text }, options ?? RpcCallOptions.Default, Linked(cancellationToken));

    public IAsyncEnumerable<EchoResponse> CountAsync(int count, RpcCallOptions? options = null, CancellationToken cancellationToken = default) =>
        Channel.StreamAsync(EchoMethods.Count, new EchoRequest { Count = count }, options ?? RpcCallOptions.Default, Linked(cancellationToken));

    /// <summary>Calls the method that <see cref="OnForeign"/> answers.</summary>
    public Task<EchoResponse> CallForeignAsync() =>
        Channel.CallAsync(EchoMethods.OtherEcho, new EchoRequest(), RpcCallOptions.Default, TestContext.Current.CancellationToken);

    public void BeginStop() => _stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.DisposeAsync();
        Metrics.Dispose();
        _stopping.Dispose();
        _directory.Delete(recursive: true);
    }

    private static CancellationToken Linked(CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? cancellationToken : TestContext.Current.CancellationToken;

    private static async IAsyncEnumerable<RpcResult<EchoResponse>> Numbers(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return new EchoResponse { Number = i };
        }
    }
}
