using System.Net;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Core.Addresses;
using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Admin;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Listeners;
using MeshControl.Server.Polling;
using MeshControl.Server.Tests.RelayMaps;
using MeshControl.Server.Tests.Rpc;
using MeshControl.Testing.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Server.Tests.Admin;

/// <summary>
/// The admin API over a real tailnet: on a Unix socket, on TCP for administrators, and, as the server's other listeners do, on TCP for
/// everybody. It is noon on 2026-08-01.
/// </summary>
internal sealed class AdminHarness : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("admin");
    private readonly ControlPlane _plane;
    private readonly WebApplication _app;
    private readonly RpcChannel _channel;

    private AdminHarness(ControlPlane plane, MemoryStore store, MapBench maps, ManualTimeProvider time)
    {
        var socket = Socket;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(socket, options => Configure(options, ListenerKind.AdminSocket));
            kestrel.Listen(IPAddress.Loopback, 0, options => Configure(options, ListenerKind.Public));
            kestrel.Listen(IPAddress.Loopback, 0, options => Configure(options, ListenerKind.RemoteAdmin));
        });
        builder.Logging.AddProvider(Log);
        _app = builder.Build();
        _app.MapAdmin(
            plane,
            store,
            maps.Service,
            new NodePings(new Uri("http://127.0.0.1"), time),
            new ServerMetrics(time),
            time,
            _app.Services.GetRequiredService<ILoggerFactory>(),
            CancellationToken.None);
        _plane = plane;
        Maps = maps;
        Store = store;
        Time = time;
        _channel = RpcChannel.ForUnixSocket(socket, TimeSpan.Zero, TimeProvider.System);
        Client = new AdminClient(_channel, RpcCallOptions.Default);
    }

    public AdminClient Client { get; }

    /// <summary>To the Unix socket.</summary>
    public RpcChannel Channel => _channel;

    public string Socket => Path.Combine(_directory.FullName, "s");

    public LogCollector Log { get; } = new();

    public ManualTimeProvider Time { get; }

    public MemoryStore Store { get; }

    public MapBench Maps { get; }

    public Tailnet Tailnet => _plane.Default;

    public Uri TcpAddress => new(_app.Urls.First(url => url.Contains("127.0.0.1", StringComparison.Ordinal)));

    /// <summary>Where an API key is needed.</summary>
    public Uri RemoteAddress => new(_app.Urls.Last(url => url.Contains("127.0.0.1", StringComparison.Ordinal)));

    /// <param name="nodes">How many nodes there are, with the ids 1 and up; odd ones belong to ada, even ones have tags.</param>
    /// <param name="maps">Started; disposed with the harness. Null: one region in the configuration.</param>
    public static async Task<AdminHarness> StartAsync(int nodes = 0, MapBench? maps = null)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var time = new ManualTimeProvider();
        var now = time.GetUtcNow();
        var store = new MemoryStore(new StoredTailnet(new TailnetId(1), "default", 0)
        {
            Users =
            [
                new User { Id = new UserId(1), Name = "ada", DisplayName = "Ada", Email = "ada@example.com", CreatedAt = now },
                new User { Id = new UserId(2), Name = "grace", Email = "grace@example.com", PictureUrl = "https://example.com/g.png", CreatedAt = now },
            ],
            Nodes = [.. Enumerable.Range(1, nodes).Select(i => MakeNode(i, now))],
            Presence = Enumerable.Range(1, nodes).ToDictionary(i => new NodeId(i), _ => new NodePresence { LastSeen = now.AddHours(-1) }),
        });
        var settings = new TailnetSettings
        {
            BaseDomain = "mesh.test",
            Addresses = new AddressPlan(IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("fd7a:115c:a1e0::/48"), AddressStrategy.Sequential),
        };
        var plane = await ControlPlane.StartAsync(store, settings, time, NullLoggerFactory.Instance, cancellationToken);
        if (maps is null)
        {
            maps = new MapBench();
            await maps.StartAsync(MapBench.Options() with { Map = MapBench.Map(MapBench.Region(900, "900a")) });
        }

        var harness = new AdminHarness(plane, store, maps, time);
        await harness._app.StartAsync(cancellationToken);
        return harness;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
        await _plane.DisposeAsync();
        await Maps.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static void Configure(ListenOptions listener, ListenerKind kind)
    {
        listener.Protocols = HttpProtocols.Http2;
        ListenerMark.Apply(listener, kind);
    }

    private static Node MakeNode(int id, DateTimeOffset now) => new()
    {
        Id = new NodeId(id),
        Owner = id % 2 == 1 ? new UserId(1) : null,
        Tags = id % 2 == 1 ? [] : ["tag:even"],
        MachineKey = MachinePublicKey.FromBytes(Bytes(1, id)),
        NodeKey = NodePublicKey.FromBytes(Bytes(2, id)),
        DiscoKey = id == 1 ? DiscoPublicKey.FromBytes(Bytes(3, id)) : default,
        IPv4 = new IPAddress([100, 64, (byte)(id >> 8), (byte)id]),
        GivenName = $"node-{id}",
        Hostinfo = new Hostinfo { Hostname = $"Host {id}" },
        CreatedAt = now,
        Expiry = id == 1 ? now.AddDays(1) : null,
        Method = id == 1 ? RegisterMethod.AuthKey : RegisterMethod.Cli,
        AuthKey = id == 1 ? new PreAuthKeyId(5) : null,
    };

    private static KeyBytes Bytes(byte kind, int id)
    {
        var bytes = new byte[KeyBytes.Length];
        bytes[0] = kind;
        BitConverter.TryWriteBytes(bytes.AsSpan(8), id); // where the hash code is taken from
        return new KeyBytes(bytes);
    }
}
