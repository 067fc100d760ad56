using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MeshControl.Derp.Admission;
using MeshControl.Derp.Http;
using MeshControl.Derp.Mesh;
using MeshControl.Derp.Relay;
using MeshControl.Derp.Stun;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Hosting;
using MeshControl.Server.Listeners.Tls;
using MeshControl.Server.Metrics;
using MeshControl.Server.Noise;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.RelayOnly;

/// <summary>What a relay that runs alone is made of besides its web server. It owns all of it.</summary>
internal sealed class RelayOnlyParts : IAsyncDisposable, IRelayAdmission
{
    private readonly X25519PrivateKey _key;
    private readonly VerifyUrlAdmission? _verify;
    private readonly StunMetrics _stunMetrics = new();
    private readonly AnnouncedCertificate _certificate;
    private Task _stopping = Task.CompletedTask;

    private RelayOnlyParts(RelayOnlyOptions options, X25519PrivateKey key, ILoggerFactory loggers)
    {
        (Options, _key, Loggers, ServerMetrics) = (options, key, loggers, new ServerMetrics(options.Time));
        if (options.Tls.IsEnabled)
        {
            if (CertificatePair.Read(options.Tls).Failure is { } failure)
            {
                throw new StartupException(
                    $"The certificate {options.Tls.CertPath} (--certfile) or its key {options.Tls.KeyPath} (--keyfile) cannot be used: "
                    + failure.Message,
                    failure);
            }

            FileCertificate = ServerCertificate.Load(options.Tls, options.Time, loggers.CreateLogger<ServerCertificate>());
        }
        else
        {
            SelfSigned = SelfSignedCertificate.LoadOrCreate(SelfSignedCertificate.PathBeside(options.KeyPath), options.HostName, options.Time);
        }

        _verify = options.VerifyUrl is { } url
            ? new VerifyUrlAdmission(
                url, options.VerifyFailOpen, VerifyUrlAdmission.CreateHandler(), options.Time, loggers.CreateLogger<VerifyUrlAdmission>())
            : null;
        Relay = new RelayServer(
            new RelayOptions
            {
                MaxConnections = options.MaxConnections,
                BytesPerSecond = options.BytesPerSecond,
                BurstBytes = options.BurstBytes,
                MeshKey = options.MeshKey,
            },
            key,
            this,
            options.Time,
            loggers);
        var own = SelfSigned is { } made ? SslStreamCertificateContext.Create(made.Certificate, additionalCertificates: null, offline: true) : null;
        _certificate = new AnnouncedCertificate(() => own ?? FileCertificate!.Current, Relay.PublicKey, options.Time);
        Mesh = options.MeshKey is { } meshKey
            ? new RelayMesh(options.MeshWith, new MeshIdentity(key, meshKey), Relay, new Random(), options.Time, loggers)
            : null;
        Names = new BootstrapDns(
            () => IPAddress.TryParse(options.HostName, out _) ? [] : [new BootstrapHost(options.HostName, [])],
            static (name, cancellationToken) => Dns.GetHostAddressesAsync(name, cancellationToken),
            options.Time,
            loggers);
    }

    public RelayOnlyOptions Options { get; }

    public ILoggerFactory Loggers { get; }

    public RelayServer Relay { get; }

    public RelayMesh? Mesh { get; }

    public BootstrapDns Names { get; }

    public ServerMetrics ServerMetrics { get; }

    /// <summary>Null when STUN is not wanted.</summary>
    public StunListener? Stun { get; private set; }

    /// <summary>Of files; null where the relay made its own.</summary>
    public ServerCertificate? FileCertificate { get; }

    /// <summary>The relay's own; null where it was given another.</summary>
    public SelfSignedCertificate? SelfSigned { get; }

    /// <summary>Reads or makes the files, and opens what needs no web server.</summary>
    /// <exception cref="StartupException">It cannot; the message says why.</exception>
    public static RelayOnlyParts Create(RelayOnlyOptions options)
    {
        var levels = options.Logging is null ? new LogLevels(options.Log) : null;
        var loggers = LoggerFactory.Create(logging =>
        {
            (options.Logging ?? (providers => ServerLogging.Configure(providers, options.Log.Format, levels!)))(logging);
            logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Http2", LogLevel.None);
        });
        X25519PrivateKey? key = null;
        try
        {
            key = ServerKeyFile.LoadOrCreate(options.KeyPath, "relay");
            var parts = new RelayOnlyParts(options, key, loggers);
            parts.ListenForStun();
            return parts;
        }
        catch
        {
            key?.Dispose();
            loggers.Dispose();
            throw;
        }
    }

    /// <summary>What new connections get.</summary>
    public SslStreamCertificateContext Certificate() => _certificate.Get();

    /// <summary>Begins what goes on by itself.</summary>
    public void Start()
    {
        Names.Start();
        Mesh?.Start();
    }

    /// <summary>Tells clients to come back, while they still can be told.</summary>
    public void BeginStop() => _stopping = Relay.StopAsync(CancellationToken.None);

    /// <summary>Done when clients were told and are gone.</summary>
    public Task Stopping => _stopping;

    public MetricsCollector CollectMetrics() => new(
        [ServerMetrics.Meter, Relay.Metrics.Meter, _stunMetrics.Meter, .. Mesh is null ? [] : (IEnumerable<System.Diagnostics.Metrics.Meter>)[Mesh.Metrics.Meter]]);

    /// <summary>Without somebody to ask, everybody is served.</summary>
    public ValueTask<bool> AdmitAsync(NodePublicKey key, IPAddress source, CancellationToken cancellationToken) =>
        _verify?.AdmitAsync(key, source, cancellationToken) ?? ValueTask.FromResult(true);

    public async ValueTask DisposeAsync()
    {
        await (Mesh?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Stun?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _stopping;
        await Relay.DisposeAsync();
        await Names.DisposeAsync();
        _verify?.Dispose();
        SelfSigned?.Dispose();
        _stunMetrics.Dispose();
        ServerMetrics.Dispose();
        _key.Dispose();
        Loggers.Dispose();
    }

    private void ListenForStun()
    {
        if (Options.StunListenAddr.Count == 0)
        {
            return;
        }

        try
        {
            var addresses = Options.StunListenAddr.Select(address => new IPEndPoint(address.Address, address.Port));
            Stun = StunListener.Start([.. addresses], _stunMetrics, Options.Time, Loggers);
        }
        catch (IOException exception)
        {
            var hint = exception.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
                ? " Choose another address, or write --stun=false where another STUN server does its work."
                : "";
            throw new StartupException($"{exception.Message.TrimEnd('.')} (--stun-addr).{hint}", exception);
        }
    }
}
