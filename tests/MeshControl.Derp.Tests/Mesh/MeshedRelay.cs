using System.Net;
using System.Net.Sockets;
using MeshControl.Derp.Client;
using MeshControl.Derp.Mesh;
using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Client;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Tests.Mesh;

/// <summary>One relay of a region, on a port of the loopback interface, which it can lose and take again.</summary>
internal sealed class MeshedRelay : IRelayAdmission, IAsyncDisposable
{
    private readonly ManualTimeProvider _time;
    private readonly DerpMeshKey _meshKey;
    private readonly X25519PrivateKey _key = X25519PrivateKey.Generate();
    private readonly LoggerFactory _loggers;
    private RelaySite? _site;
    private RelayServer? _server;
    private RelayMesh? _mesh;
    private int _port;

    public MeshedRelay(ManualTimeProvider time, DerpMeshKey meshKey)
    {
        (_time, _meshKey) = (time, meshKey);
        _loggers = new LoggerFactory([Log]);
        Start();
    }

    public RelayLogLines Log { get; } = new();

    public RelayServer Server => _server!;

    public RelayMesh Mesh => _mesh!;

    public RelayEndpoint Endpoint => new("127.0.0.1", _port) { UsesTls = false };

    /// <summary>Everybody but relays, which the mesh key lets in.</summary>
    public ValueTask<bool> AdmitAsync(NodePublicKey key, IPAddress source, CancellationToken cancellationToken) =>
        ValueTask.FromResult(!Relays.Contains(key));

    /// <summary>Keys of all relays.</summary>
    public HashSet<NodePublicKey> Relays { get; } = [];

    public NodePublicKey PublicKey => new(_key.PublicKey);

    /// <summary>Begins to connect to others.</summary>
    public void Join(params MeshedRelay[] others)
    {
        _mesh = new RelayMesh(
            [.. others.Select(other => other.Endpoint)], new MeshIdentity(_key, _meshKey), Server, new Random(1), _time, _loggers);
        _mesh.Start();
    }

    /// <summary>Where packets for a client would go.</summary>
    public bool Forwards(NodePublicKey client) => Server.Hub.Registry.Find(client)?.Forwarder is not null;

    public bool Has(NodePublicKey client) => Server.Hub.Registry.Find(client)?.Active is not null;

    /// <summary>All at once, as when the process is killed.</summary>
    public async Task KillAsync()
    {
        await (_mesh?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _site!.DisposeAsync();
        await Server.DisposeAsync();
        _mesh = null;
    }

    /// <summary>Runs with its old key on its old port.</summary>
    public void Start()
    {
        _server = new RelayServer(new RelayOptions { MeshKey = _meshKey }, _key, this, _time, _loggers);
        _site = RelaySite.Plain(ServeAsync, _port);
        _port = _site.Address.Port;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _key.Dispose();
        _loggers.Dispose();
        Assert.DoesNotContain(Log.Lines, line => line.Level >= LogLevel.Error);
    }

    private async Task ServeAsync(Stream stream, CancellationToken cancellationToken)
    {
        var script = new RelayScript(stream, cancellationToken);
        await script.ReadRequestAsync();
        await script.SwitchAsync();
        var link = new RelayLink(stream, new IPEndPoint(IPAddress.Loopback, 4711), () => ((NetworkStream)stream).Socket.Dispose());
        await _server!.ServeAsync(link, cancellationToken);
    }
}
