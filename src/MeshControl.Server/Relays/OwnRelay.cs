using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using MeshControl.Core.Nodes;
using MeshControl.Derp.Mesh;
using MeshControl.Derp.Relay;
using MeshControl.Derp.Stun;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;
using MeshControl.Server.Listeners.Tls;
using MeshControl.Server.Noise;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Relays;

/// <summary>
/// The server's own relay with its key, its certificate and STUN. It is made before the tailnets, which are told of its region, and opened
/// when they say who may use it.
/// </summary>
internal sealed class OwnRelay : IAsyncDisposable
{
    private readonly ServerOptions _configuration;
    private readonly X25519PrivateKey _key;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly CancellationTokenSource _stopping = new();
    private StunListener? _stun;
    private Task _sweep = Task.CompletedTask;
    private int _disposed;

    private OwnRelay(ServerOptions configuration, X25519PrivateKey key, TimeProvider time, ILoggerFactory loggers) =>
        (_configuration, _key, _time, _loggers) = (configuration, key, time, loggers);

    /// <summary>What clients are told; null where somebody else tells them.</summary>
    public DerpRegion? Region { get; private set; }

    /// <summary>For listeners without TLS, where clients know it by its hash; null where they expect another.</summary>
    public SelfSignedCertificate? Certificate { get; private set; }

    /// <summary>Where STUN is answered, with the ports that the system chose.</summary>
    public IReadOnlyList<IPEndPoint> StunAddresses => _stun?.Addresses ?? [];

    public StunMetrics StunMetrics { get; } = new();

    /// <summary>Null before it is opened.</summary>
    public RelayServer? Server { get; private set; }

    /// <summary>The other relays of its region; null where it is alone.</summary>
    public RelayMesh? Mesh { get; private set; }

    /// <summary>What relay and STUN count.</summary>
    public IEnumerable<Meter> Meters =>
        new[] { Server?.Metrics.Meter, Mesh?.Metrics.Meter, StunMetrics.Meter }.OfType<Meter>();

    /// <summary>Reads or makes the relay's files, and answers STUN.</summary>
    /// <returns>Null when the configuration wants no relay.</returns>
    /// <exception cref="StartupException">It cannot; the message says why.</exception>
    public static async Task<OwnRelay?> CreateAsync(
        ServerOptions configuration, X25519PrivateKey serverKey, TimeProvider time, ILoggerFactory loggers)
    {
        var options = configuration.Derp.Server;
        if (!options.Enabled)
        {
            return null;
        }

        var key = ServerKeyFile.LoadOrCreate(options.PrivateKeyPath, "relay");
        var relay = new OwnRelay(configuration, key, time, loggers);
        try
        {
            if (key.PublicKey == serverKey.PublicKey)
            {
                throw new StartupException(
                    $"{options.PrivateKeyPath} ({KeyNames.DerpServerKey}) holds the server's key, which the relay must not have; remove the file, "
                    + "and the relay gets a key of its own.");
            }

            relay.Prepare();
            return relay;
        }
        catch
        {
            await relay.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins to serve those who may use relays.</summary>
    public RelayServer Open(RelayAccess access)
    {
        var options = _configuration.Derp.Server;
        var admission = new NodeAdmission(access, isOpen: !options.VerifyClients);
        var meshKey = options.MeshKey is { } secret && DerpMeshKey.TryParse(secret.Reveal(), out var parsed) ? parsed : null;
        var relay = new RelayServer(
            new RelayOptions
            {
                MaxConnections = options.MaxConnections,
                BytesPerSecond = options.BytesPerSecond,
                BurstBytes = options.BurstBytes,
                MeshKey = meshKey,
            },
            _key,
            admission,
            _time,
            _loggers);
        Server = relay;
        if (meshKey is not null && options.MeshWith.Count > 0)
        {
            var others = options.MeshWith.Select(text => MeshPeerText.Parse(text).Value!);
            Mesh = new RelayMesh([.. others], new MeshIdentity(_key, meshKey), relay, new Random(), _time, _loggers);
        }

        _sweep = admission.RunAsync(relay.Disconnect, _time, _stopping.Token);
        return relay;
    }

    /// <summary>Tells clients to come back, and lets them go; STUN answers no more.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (Server is not null)
        {
            await Server.StopAsync(cancellationToken);
        }

        await _sweep;
        if (Mesh is not null)
        {
            await Mesh.StopAsync();
        }

        if (_stun is not null)
        {
            await _stun.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await StopAsync(new CancellationToken(canceled: true));
        if (Mesh is not null)
        {
            await Mesh.DisposeAsync();
        }

        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        StunMetrics.Dispose();
        Certificate?.Dispose();
        _key.Dispose();
        _stopping.Dispose();
    }

    private void Prepare()
    {
        var options = _configuration.Derp.Server;
        if (OwnRegion.IsPinned(_configuration))
        {
            Certificate = SelfSignedCertificate.LoadOrCreate(
                SelfSignedCertificate.PathBeside(options.PrivateKeyPath), OwnRegion.HostOf(_configuration), _time);
        }

        if (options.AnswersStun)
        {
            try
            {
                var addresses = options.StunListenAddr.Select(address => new IPEndPoint(address.Address, address.Port));
                _stun = StunListener.Start([.. addresses], StunMetrics, _time, _loggers);
            }
            catch (IOException exception)
            {
                var hint = exception.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
                    ? $" Choose another address in {KeyNames.StunListenAddr}, or leave it empty where another STUN server does its work."
                    : "";
                throw new StartupException($"{exception.Message.TrimEnd('.')} ({KeyNames.StunListenAddr}).{hint}", exception);
            }
        }

        Region = OwnRegion.Of(_configuration, _stun?.Addresses[0].Port, Certificate?.Hash);
    }
}
