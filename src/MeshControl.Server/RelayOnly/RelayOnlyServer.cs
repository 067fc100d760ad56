using System.Net;
using MeshControl.Derp.Http;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Hosting;
using MeshControl.Server.Listeners;
using MeshControl.Server.Listeners.Tls;
using MeshControl.Server.Listeners.Transport;
using MeshControl.Server.Metrics;
using MeshControl.Server.RelayOnly;
using MeshControl.Server.Relays;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server;

/// <summary>
/// A running relay without a coordination server: composition root of <c>meshctl derp serve</c>. It has no database and no channels; whom it
/// serves, somebody else says, or nobody.
/// </summary>
public sealed class RelayOnlyServer : IAsyncDisposable
{
    private readonly RelayOnlyParts _parts;
    private readonly WebApplication _app;
    private readonly RelayOnlyListeners _listeners;
    private bool _stopped;

    private RelayOnlyServer(RelayOnlyParts parts, WebApplication app, RelayOnlyListeners listeners)
    {
        (_parts, _app, _listeners) = (parts, app, listeners);
        Logger = parts.Loggers.CreateLogger<RelayOnlyServer>();
        Region = RelayOnlyRegion.Of(
            parts.Options, Addresses[0].Port, parts.Stun?.Addresses[0].Port, parts.SelfSigned?.Hash);
    }

    /// <summary>Where clients reach the relay, with the ports that the system chose.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => _listeners.Public;

    public IReadOnlyList<IPEndPoint> StunAddresses => _parts.Stun?.Addresses ?? [];

    public IPEndPoint? MetricsAddress => _listeners.Metrics;

    public IPEndPoint? HttpAddress => _listeners.Http;

    public DerpPublicKey PublicKey => _parts.Relay.PublicKey;

    /// <summary>What clients need to be told, with this relay alone.</summary>
    public DerpRegion Region { get; }

    internal ILogger Logger { get; }

    /// <summary>Runs a relay until the process is asked to stop, and says on <paramref name="errors"/> why it cannot.</summary>
    /// <param name="flags">As typed.</param>
    /// <param name="environment">All variables of the process.</param>
    /// <param name="output">Gets what the operator has to tell the coordination server.</param>
    /// <param name="errors">Standard error.</param>
    /// <param name="cancellationToken">Stops the relay.</param>
    /// <returns>The exit status: 0 after a clean stop, 2 for flags that make no sense, 1 when it could not start.</returns>
    public static Task<int> RunAsync(
        RelayOnlyFlags flags,
        IReadOnlyDictionary<string, string> environment,
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellationToken) =>
        RelayOnlyProcess.RunHereAsync(flags, environment, output, errors, cancellationToken);

    /// <summary>Reads or makes the relay's files, and listens.</summary>
    /// <exception cref="StartupException">It cannot; the message says why and what to do.</exception>
    public static async Task<RelayOnlyServer> StartAsync(RelayOnlyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var parts = RelayOnlyParts.Create(options);
        WebApplication? app = null;
        try
        {
            var limits = new LimitOptions();
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore();
            var listeners = new RelayOnlyListeners(options, limits, parts.Certificate);
            AddServices(builder.Services, parts, limits, listeners);
            builder.WebHost.ConfigureKestrel(listeners.Configure);
            app = builder.Build();
            MapRequests(app, parts, listeners);
            await app.StartAsync(cancellationToken);
            parts.Start();
            var server = new RelayOnlyServer(parts, app, listeners);
            Log.RelayListening(server.Logger, PublicEndpoints.Version, options.HostName, server.Describe(), parts.Relay.PublicKey.ToString());
            if (options.VerifyUrl is null)
            {
                Log.Hint(server.Logger, "Everybody may use this relay who finds it. With --verify-url only nodes of a control server may");
            }

            return server;
        }
        catch
        {
            await StopAsync(app, parts);
            throw;
        }
    }

    /// <summary>The listeners in one line.</summary>
    internal string Describe() => string.Join(", ", Addresses.Select(address => $"https://{address}")
        .Concat(StunAddresses.Select(address => $"stun:{address}"))
        .Concat(HttpAddress is { } http ? [$"http://{http}"] : [])
        .Concat(MetricsAddress is { } metrics ? [$"metrics http://{metrics}"] : []));

    /// <summary>Looks at the certificate's files now.</summary>
    internal void Reload() => _parts.FileCertificate?.Reload();

    /// <summary>Tells clients to come back, and ends.</summary>
    public async Task StopAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            await StopAsync(_app, _parts);
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static void AddServices(IServiceCollection services, RelayOnlyParts parts, LimitOptions limits, RelayOnlyListeners listeners)
    {
        services.AddSingleton(parts.Loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(parts.Options.Time);
        services.AddSingleton(limits);
        services.AddSingleton<ConnectionGate>();
        services.AddSingleton(new RelayEntry(parts.Relay));
        services.AddSingleton<IConnectionListenerFactory, PublicListenerFactory>();
        if (parts.FileCertificate is { } certificate)
        {
            services.AddSingleton(certificate);
            services.AddHostedService<CertificateWatch>();
        }

        services.Configure<SocketTransportOptions>(sockets =>
        {
            sockets.Backlog = KestrelLimits.ListenBacklog;
            sockets.CreateBoundListenSocket = listeners.Bind;
            sockets.MaxReadBufferSize = KestrelLimits.MaxRequestBuffer;
            sockets.MaxWriteBufferSize = KestrelLimits.MaxResponseBuffer;
        });
        services.AddRoutingCore();
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);
    }

    private static void MapRequests(WebApplication app, RelayOnlyParts parts, RelayOnlyListeners listeners)
    {
        MetricsCollector? collector = null;
        if (parts.Options.MetricsListenAddr is not null)
        {
            ConnectionMetrics.AddTo(parts.ServerMetrics.Meter, app.Services.GetRequiredService<ConnectionGate>());
            collector = parts.CollectMetrics();
        }

        var pages = new RelayOnlyPages(collector);
        var entry = new RelayEndpoint(new RelayWebEntry(parts.Relay), new RelayWebSocket(parts.Relay, parts.Options.Time), parts.Names);
        app.Use((context, next) =>
        {
            context.Features.Get<ConnectionTicket>()?.RequestArrived();
            return pages.TryHandle(context) ?? next(context);
        });
        app.Use(RelayEndpoint.KeepToCaptivePortals);
        app.UseWebSockets();
        entry.Map(app);
        DerpEndpoints.MapPages(app);
        app.Lifetime.ApplicationStopping.Register(() => parts.BeginStop());
    }

    private static async Task StopAsync(WebApplication? app, RelayOnlyParts parts)
    {
        if (app is not null)
        {
            using var patience = new CancellationTokenSource(new Processes.StopLimits().Requests);
            try
            {
                // First the relay: once the web server stops, it cuts the connections on which clients are to be told.
                parts.BeginStop();
                await parts.Stopping.WaitAsync(patience.Token);
                await app.StopAsync(patience.Token);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                // What did not end by then is cut with the rest.
            }

            await app.DisposeAsync();
        }

        await parts.DisposeAsync();
    }
}
