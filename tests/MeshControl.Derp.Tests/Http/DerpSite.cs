using System.Net;
using System.Net.Sockets;
using System.Text;
using MeshControl.Derp.Http;
using MeshControl.Testing.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Derp.Tests.Http;

/// <summary>A web server on loopback that mounts what a test gives it.</summary>
internal sealed class DerpSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DerpSite(WebApplication app, BootstrapDns dns)
    {
        _app = app;
        Dns = dns;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
    }

    public BootstrapDns Dns { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>Answers 299 where it would take a connection over.</summary>
    public static RequestDelegate Upgrade { get; } = context =>
    {
        context.Response.StatusCode = 299;
        return Task.CompletedTask;
    };

    public static Task<DerpSite> StartAsync(BootstrapDns? dns = null) => StartAsync(
        (routes, names) =>
        {
            DerpEndpoints.Map(routes, Upgrade, names);
            DerpEndpoints.MapPages(routes);
        },
        dns);

    public static async Task<DerpSite> StartAsync(Action<IEndpointRouteBuilder, BootstrapDns> map, BootstrapDns? dns = null)
    {
        dns ??= new BootstrapDns(() => [], (_, _) => Task.FromResult<IPAddress[]>([]), new ManualTimeProvider(), NullLoggerFactory.Instance);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Listen(IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        map(app, dns);
        await app.StartAsync();
        return new DerpSite(app, dns);
    }

    public Task<HttpResponseMessage> SendAsync(string method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return Client.SendAsync(request);
    }

    /// <summary>Sends these bytes and returns what comes until the server closes.</summary>
    public async Task<string> ExchangeAsync(string request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await Dns.DisposeAsync();
    }
}
