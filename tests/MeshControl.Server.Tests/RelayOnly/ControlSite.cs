using System.Net;
using System.Text.Json;
using MeshControl.Protocol.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Tests.RelayOnly;

/// <summary>A control server as a relay sees it: it knows one node.</summary>
internal sealed class ControlSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ControlSite(WebApplication app, NodePublicKey member) => (_app, Member) = (app, member);

    /// <summary>The only key that is let in.</summary>
    public NodePublicKey Member { get; set; }

    public Uri Url => new(_app.Urls.Single() + "/verify");

    public static async Task<ControlSite> StartAsync(NodePublicKey member)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var site = new ControlSite(app, member);
        app.Run(site.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var question = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var allow = question.RootElement.GetProperty("NodePublic").GetString() == Member.ToString()
            && question.RootElement.GetProperty("Source").GetString() == "127.0.0.1";
        await context.Response.WriteAsync(allow ? """{"Allow":true}""" : """{"Allow":false}""", context.RequestAborted);
    }
}
