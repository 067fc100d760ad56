using System.Net;
using MeshControl.Core.Registration;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Derp.Http;
using MeshControl.Protocol.Compression;
using MeshControl.Server.Admin;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Hosting;
using MeshControl.Server.Listeners;
using MeshControl.Server.Listeners.Tls;
using MeshControl.Server.Listeners.Transport;
using MeshControl.Server.Machine;
using MeshControl.Server.Metrics;
using MeshControl.Server.Noise;
using MeshControl.Server.Pages;
using MeshControl.Server.Policies;
using MeshControl.Server.Polling;
using MeshControl.Server.Processes;
using MeshControl.Server.RelayMaps;
using MeshControl.Server.Relays;
using MeshControl.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server;

/// <summary>
/// A running server: composition root of everything. Three worlds share one web server: the public listener, the channels that
/// are opened through it, and the administration socket.
/// </summary>
public sealed class MeshServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ServerListeners _listeners;
    private readonly OwnRelay? _relay;
    private readonly RelayMapService _maps;
    private readonly MeshStore _store;
    private readonly ILoggerFactory _loggers;
    private readonly MeshServerOptions _options;
    private ConfigurationReload? _reload;
    private bool _stopped;

    private MeshServer(
        WebApplication app,
        ServerListeners listeners,
        OwnRelay? relay,
        RelayMapService maps,
        ControlPlane controlPlane,
        MeshStore store,
        ILoggerFactory loggers,
        MeshServerOptions options)
    {
        _app = app;
        _listeners = listeners;
        _relay = relay;
        _maps = maps;
        _store = store;
        _loggers = loggers;
        _options = options;
        Logger = loggers.CreateLogger<MeshServer>();
        ControlPlane = controlPlane;
    }

    public ControlPlane ControlPlane { get; }

    /// <summary>Where the public listeners listen, with the ports that the system chose if it was asked to.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => _listeners.PublicEndPoints;

    /// <summary>Where the metrics are; null when they are nowhere.</summary>
    public IPEndPoint? MetricsAddress => _listeners.MetricsEndPoint;

    /// <summary>The first of them.</summary>
    public IPEndPoint Address => Addresses[0];

    /// <summary>Where administrators reach the server over the network; null when they do not.</summary>
    public IPEndPoint? RemoteAdminAddress => _listeners.RemoteAdminEndPoint;

    /// <summary>Where clients look for captive portals, if they have a listener for it; else null.</summary>
    public IPEndPoint? CaptivePortalAddress => _listeners.CaptivePortalEndPoint;

    /// <summary>Where STUN is answered; empty when it is not.</summary>
    public IReadOnlyList<IPEndPoint> StunAddresses => _relay?.StunAddresses ?? [];

    internal ILogger Logger { get; }

    /// <summary>Loads the configuration, serves until the process is asked to stop, and says on <paramref name="errors"/> why it cannot.</summary>
    /// <param name="configurationFile">Named on the command line, or null.</param>
    /// <param name="environment">All variables of the process.</param>
    /// <param name="errors">Standard error.</param>
    /// <param name="cancellationToken">Stops the server.</param>
    /// <returns>The exit status: 0 after a clean stop, 2 for a wrong configuration, 1 when it could not start or end otherwise.</returns>
    public static Task<int> RunAsync(
        string? configurationFile, IReadOnlyDictionary<string, string> environment, TextWriter errors, CancellationToken cancellationToken) =>
        ServerProcess.RunHereAsync(configurationFile, environment, errors, cancellationToken);

    /// <summary>Opens the database, starts the tailnets and listens.</summary>
    /// <exception cref="StartupException">It cannot; the message says why and what to do.</exception>
    public static async Task<MeshServer> StartAsync(MeshServerOptions options, CancellationToken cancellationToken)
    {
        var configuration = options.Configuration;

        // Made here and handed to the web server, so that what starts before it and stops after it can log too.
        var levels = options.Logging is null ? new LogLevels(configuration.Log) : null;
        var loggers = LoggerFactory.Create(logging =>
        {
            (options.Logging ?? (providers => ServerLogging.Configure(providers, configuration.Log.Format, levels!)))(logging);

            // All it has to say is that some peer broke a limit of HTTP/2, which it calls critical, several times per connection.
            logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Http2", LogLevel.None);
        });
        MeshStore? store = null;
        OwnRelay? relay = null;
        RelayMapService? maps = null;
        ControlPlane? controlPlane = null;
        WebApplication? app = null;
        try
        {
            foreach (var notice in options.Notices)
            {
                Log.ConfigurationWarning(loggers.CreateLogger<MeshServer>(), notice);
            }

            var serverKey = ServerKeyFile.LoadOrCreate(configuration.Noise.PrivateKeyPath);
            if (AdminSocket.Prepare(configuration.UnixSocket.Path) is { } problem)
            {
                throw new StartupException(problem);
            }

            relay = await OwnRelay.CreateAsync(configuration, serverKey, options.Time, loggers);
            store = await StoreSettings.OpenAsync(configuration.Database, options.Time, loggers, cancellationToken);
            maps = RelayMapSetup.Create(configuration, options.Time, loggers);
            await maps.StartAsync(relay?.Region, cancellationToken);
            var tailnetSettings = TailnetSettingsFactory.From(configuration, maps.Current.Map);
            controlPlane = await StoreSettings.LoadAsync(
                store, tailnetSettings, configuration.Database, options.Time, loggers, cancellationToken);
            var policyFile = await PolicyStart.RunAsync(controlPlane, configuration, options.Time, loggers, cancellationToken);
            controlPlane.Logins.Capacity = configuration.Limits.MaxPendingLogins;
            var settings = new LiveSettings(controlPlane, tailnetSettings);
            await maps.ConnectAsync(
                tailnetSettings.DerpMap,
                (map, token) => settings.ChangeAsync(before => before with { DerpMap = map }, token),
                cancellationToken);

            var nodes = controlPlane.Tailnets.Sum(tailnet => tailnet.Snapshot.Nodes.Count);
            if (DescriptorLimit.Check(DescriptorLimit.Read(), nodes, configuration.Limits, configuration.Derp.Server) is { } warning)
            {
                Log.ConfigurationWarning(loggers.CreateLogger<MeshServer>(), warning);
            }

            // Empty: what is configured, the configuration says. Another builder would take settings, and even ports to listen on,
            // from variables and from files in the working directory, which it would watch with everything below.
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
            builder.Services.AddSingleton(loggers);
            builder.Services.AddSingleton(configuration);
            builder.Services.AddSingleton(serverKey);
            builder.Services.AddSingleton(options.Time);
            builder.Services.AddSingleton<IMeshStore>(store);
            builder.Services.AddSingleton(controlPlane);
            builder.Services.AddSingleton(configuration.Limits);
            builder.Services.AddSingleton(_ => settings);
            builder.Services.AddSingleton(maps);
            builder.Services.AddHostedService<RelayMapUpdates>();
            if (policyFile is not null)
            {
                // By a function: then its end is that of the services.
                builder.Services.AddSingleton(_ => policyFile);
                builder.Services.AddHostedService<PolicyFileWatch>();
            }

            if (relay is not null)
            {
                AddRelay(builder.Services, relay, controlPlane);
            }

            var listeners = AddListeners(builder.Services, options, relay, loggers);
            builder.Services.AddSingleton(new NodePings(configuration.ServerUrl, options.Time));
            AddServices(builder.Services);
            builder.WebHost.ConfigureKestrel(listeners.Configure);
            app = builder.Build();
            MapRequests(app, controlPlane, store);
            app.Lifetime.ApplicationStopping.Register(controlPlane.EndStreams);
            var server = new MeshServer(app, listeners, relay, maps, controlPlane, store, loggers, options);
            server._reload = new ConfigurationReload(
                configuration,
                app.Services.GetRequiredService<LiveSettings>(),
                maps,
                levels,
                app.Services.GetService<ServerCertificate>(),
                server.Logger)
            {
                PolicyFile = policyFile,
            };
            await server.ListenAsync(configuration, cancellationToken);
            return server;
        }
        catch
        {
            await ServerStop.RunAsync(relay, app, maps, controlPlane, store, loggers, options.StopLimits);
            if (relay is not null)
            {
                await relay.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Takes over what can change while the server runs, and says in the log what that was and what needs a restart.</summary>
    /// <returns>False when the configuration was refused; then nothing has changed.</returns>
    public Task<bool> ReloadAsync(ConfigurationResult loaded, CancellationToken cancellationToken) =>
        _reload!.ApplyAsync(loaded, cancellationToken);

    /// <summary>
    /// Ends all streams, lets queued commands finish, writes volatile state and closes the database, within the limits of the options.
    /// </summary>
    /// <returns>False when something had to be given up; the log says what. The process should end then.</returns>
    public async Task<bool> StopAsync()
    {
        if (_stopped)
        {
            return true;
        }

        _stopped = true;
        return await ServerStop.RunAsync(_relay, _app, _maps, ControlPlane, _store, _loggers, _options.StopLimits);
    }

    /// <summary>What the server is busy with, in one line.</summary>
    internal string Describe() => $"Serving {_options.Configuration.ServerUrl.OriginalString} on {_listeners.Describe()}";

    public async ValueTask DisposeAsync() => await StopAsync();

    private static void AddServices(IServiceCollection services)
    {
        services.AddSingleton<ConnectionGate>();
        services.AddSingleton<NoiseListener>();
        services.AddSingleton<IConnectionListenerFactory, NoiseListenerFactory>();
        services.AddSingleton<IConnectionListenerFactory, PublicListenerFactory>();
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<TrustedProxies>();
        services.AddSingleton<PublicRequests>();
        services.AddSingleton<ProxiedChannels>();
        services.AddHostedService(provider => provider.GetRequiredService<ProxiedChannels>());
        services.AddSingleton(new HandshakeQueue(HandshakeQueue.MaxAtOnce));
        services.AddSingleton<UpgradeEndpoint>();
        services.AddSingleton<HealthCheck>();
        services.AddSingleton<RelayMapPage>();
        services.AddSingleton<LoginPage>();
        services.AddSingleton<SshCheckPage>();
        services.AddSingleton<ClientPages>();
        services.AddSingleton<PublicEndpoints>();
        services.AddSingleton(static provider => new VerifyEndpoint(
            provider.GetRequiredService<ServerOptions>().Derp.Verify,
            provider.GetRequiredService<ControlPlane>().Relays,
            provider.GetRequiredService<LimitOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ZstdCompressor>();
        services.AddSingleton<MapFrameWriter>();
        services.AddSingleton(static provider => new WholeMapQueue(
            WholeMapQueue.MaxAtOnce, provider.GetRequiredService<HandshakeQueue>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<KeepAliveWheel>();
        services.AddSingleton(static provider => new OfflineBudget(provider.GetRequiredService<ServerOptions>().Node.OfflineAfter));
        services.AddSingleton<MapStreams>();
        services.AddHostedService<HeapCompaction>();
        services.AddSingleton<RegistrationService>();
        services.AddSingleton<RequestBodies>();
        services.AddSingleton<RegisterHandler>();
        services.AddSingleton<MapHandler>();
        services.AddSingleton<SshActionHandler>();
        services.AddSingleton<MachineEndpoints>();
        services.AddRoutingCore();

        // Signals are the process's business, which may hold more than one server. How long a stop takes is said when it begins.
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = Timeout.InfiniteTimeSpan;

            // The host's own way would be to stop the web server, and to leave a process that serves nobody and looks alive.
            host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;
        });
    }

    private static void AddRelay(IServiceCollection services, OwnRelay relay, ControlPlane controlPlane)
    {
        // By a function: then its end is that of the services.
        services.AddSingleton(_ => relay);
        var server = relay.Open(controlPlane.Relays);
        services.AddSingleton(server);
        services.AddSingleton<RelayEntry>();
        services.AddSingleton<RelayWebEntry>();
        services.AddSingleton<RelayWebSocket>();
        services.AddSingleton<RelayEndpoint>();
        services.AddSingleton(provider => new BootstrapDns(
            () => BootstrapNames.Of(provider.GetRequiredService<ServerOptions>(), controlPlane.Default.Snapshot.Settings.DerpMap),
            Dns.GetHostAddressesAsync,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService<RelayHost>();
    }

    private static ServerListeners AddListeners(
        IServiceCollection services, MeshServerOptions options, OwnRelay? relay, ILoggerFactory loggers)
    {
        ServerCertificate? certificate = null;
        if (options.Configuration.Tls.IsEnabled)
        {
            certificate = ServerCertificate.Load(options.Configuration.Tls, options.Time, loggers.CreateLogger<ServerCertificate>());
            services.AddSingleton(certificate);
            services.AddHostedService<CertificateWatch>();
        }

        if (options.Configuration.MetricsListenAddr is not null)
        {
            services.AddSingleton(provider =>
            {
                var meter = provider.GetRequiredService<ServerMetrics>().Meter;
                ConnectionMetrics.AddTo(meter, provider.GetRequiredService<ConnectionGate>());
                var core = provider.GetRequiredService<ControlPlane>().Metrics.Meter;
                return relay is null
                    ? new MetricsCollector(core, meter)
                    : new MetricsCollector([core, meter, .. relay.Meters]);
            });
            services.AddSingleton<MetricsPage>();
        }

        var listeners = new ServerListeners(options.Configuration, certificate, relay, options.Time);
        services.Configure<SocketTransportOptions>(sockets =>
        {
            sockets.Backlog = KestrelLimits.ListenBacklog;
            sockets.CreateBoundListenSocket = listeners.Bind;
            sockets.MaxReadBufferSize = KestrelLimits.MaxRequestBuffer;
            sockets.MaxWriteBufferSize = KestrelLimits.MaxResponseBuffer;
        });
        return listeners;
    }

    private static void MapRequests(WebApplication app, ControlPlane controlPlane, IMeshStore store)
    {
        var machine = app.Services.GetRequiredService<MachineEndpoints>();
        var requests = app.Services.GetRequiredService<PublicRequests>();
        var metrics = app.Services.GetService<MetricsPage>();
        app.Use((context, next) =>
        {
            context.Features.Get<ConnectionTicket>()?.RequestArrived();
            return metrics is not null && ListenerMark.Of(context) == ListenerKind.Metrics
                ? metrics.HandleAsync(context)
                : requests.HandleAsync(context, next);
        });
        app.Use(RelayEndpoint.KeepToCaptivePortals);
        app.Use((context, next) => context.Features.Get<INoisePeer>() is { } peer ? machine.HandleAsync(context, peer) : next(context));
        app.Use(AdminAccess.KeepToTheApi);
        app.UseWebSockets();
        app.Services.GetRequiredService<PublicEndpoints>().Map(app);
        app.Services.GetRequiredService<LoginPage>().Map(app);
        app.Services.GetRequiredService<SshCheckPage>().Map(app);
        app.Services.GetRequiredService<ClientPages>().Map(app);
        app.Services.GetRequiredService<VerifyEndpoint>().Map(app);
        app.Services.GetService<RelayEndpoint>()?.Map(app);
        app.MapAdmin(
            controlPlane,
            store,
            app.Services.GetRequiredService<RelayMapService>(),
            app.Services.GetRequiredService<NodePings>(),
            app.Services.GetRequiredService<ServerMetrics>(),
            app.Services.GetRequiredService<TimeProvider>(),
            app.Services.GetRequiredService<ILoggerFactory>(),
            app.Lifetime.ApplicationStopping);
    }

    private async Task ListenAsync(ServerOptions configuration, CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        AdminSocket.SetMode(configuration.UnixSocket.Path, configuration.UnixSocket.Permission);
        Log.Listening(Logger, PublicEndpoints.Version, configuration.ServerUrl.OriginalString, _listeners.Describe());
        if (MetricsAddress is { } metrics)
        {
            Log.ListeningForMetrics(Logger, metrics.ToString());
        }

        Log.DataPlaces(Logger, StoreSettings.Describe(configuration.Database), configuration.Noise.PrivateKeyPath, configuration.UnixSocket.Path);
        if (RemoteAdminAddress is { } remote)
        {
            Log.RemoteAdministration(Logger, remote.ToString(), configuration.Tls.IsEnabled ? "with" : "without");
        }

        if (ControlPlane.Default.Snapshot.Users.IsEmpty)
        {
            Log.Hint(Logger, $"No users yet. Next: meshctl users create NAME, then tailscale up --login-server={configuration.ServerUrl.OriginalString} on the machines");
        }
    }
}
