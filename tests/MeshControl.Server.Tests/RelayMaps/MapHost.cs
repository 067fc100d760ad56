using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Tests.RelayMaps;

/// <summary>A web server on the loopback interface that answers what a test says.</summary>
internal sealed class MapHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MapHost()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(context =>
        {
            Requests.Enqueue((context.Request.Path, context.Request.Headers.IfNoneMatch.ToString(), context.Request.Headers.IfModifiedSince.ToString()));
            return Answer(context);
        });
    }

    /// <summary>Answers all requests.</summary>
    public RequestDelegate Answer { get; set; } = context => context.Response.WriteAsync("regions: {}");

    public ConcurrentQueue<(string Path, string IfNoneMatch, string IfModifiedSince)> Requests { get; } = new();

    public static async Task<MapHost> StartAsync()
    {
        var host = new MapHost();
        await host._app.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    public Uri Url(string path = "/map") => new(new Uri(_app.Urls.First()), path);

    public void Say(string text) => Answer = context => context.Response.WriteAsync(text);

    public void Fail(int status = StatusCodes.Status503ServiceUnavailable) => Answer = context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
