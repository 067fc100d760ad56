using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MeshControl.Server.Tests.Http;

/// <summary>That the web server is still built as <see cref="Http2HeaderBuffer"/> expects, and can do with a small buffer.</summary>
public sealed class Http2HeaderBufferTests
{
    private const string Header = "x-test";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryShrink_Http2Connection_ShrinksOnceAndHeadersOfAnyLengthArrive()
    {
        await using var app = await StartAsync(HttpProtocols.Http2);
        using var client = Client(app, HttpVersion.Version20);
        foreach (var (length, shrunk) in new[] { (0, true), (Http2HeaderBuffer.Length, false), (20_000, false) })
        {
            using var answer = await client.GetAsync($"/{length}", Token);

            Assert.Equal(shrunk.ToString(), await answer.Content.ReadAsStringAsync(Token));
            Assert.Equal(new string('a', length), answer.Headers.GetValues(Header).Single());
        }
    }

    [Fact]
    public async Task TryShrink_Http1Connection_LeavesItAlone()
    {
        await using var app = await StartAsync(HttpProtocols.Http1);
        using var client = Client(app, HttpVersion.Version11);

        Assert.Equal(bool.FalseString, await client.GetStringAsync("/0", Token));
    }

    private static async Task<WebApplication> StartAsync(HttpProtocols protocols)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = protocols));
        var app = builder.Build();
        app.Run(context =>
        {
            var shrunk = Http2HeaderBuffer.TryShrink(context);
            context.Response.Headers[Header] = new string('a', int.Parse(context.Request.Path.Value![1..]));
            return context.Response.WriteAsync(shrunk.ToString(), Token);
        });
        await app.StartAsync(Token);
        return app;
    }

    private static HttpClient Client(WebApplication app, Version version) => new()
    {
        BaseAddress = new Uri(app.Urls.Single()),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
