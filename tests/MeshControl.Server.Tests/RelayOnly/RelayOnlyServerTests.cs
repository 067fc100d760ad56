using System.Net;
using System.Text;
using MeshControl.Derp.Client;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Processes;
using MeshControl.Server.RelayOnly;

namespace MeshControl.Server.Tests.RelayOnly;

/// <summary>A relay that runs alone, over loopback, as its clients see it.</summary>
public sealed class RelayOnlyServerTests : IAsyncDisposable
{
    private static readonly ListenAddress AnyPort = new(IPAddress.Loopback, 0);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("meshcontrol-relay-");
    private readonly List<IAsyncDisposable> _all = [];
    private int _relays;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_KnowItsCertificateByTheMap_AndReachEachOther()
    {
        var relay = await StartAsync();
        var (a, b) = (X25519PrivateKey.Generate(), X25519PrivateKey.Generate());
        var (from, to) = (await ConnectAsync(relay, a), await ConnectAsync(relay, b));

        await SendAsync(from, b, "hello");

        Assert.Equal((relay.PublicKey, true), (from.Welcome.ServerKey, from.Welcome.IsFast));
        Assert.Equal((new NodePublicKey(a.PublicKey), "hello"), await ReceiveAsync(to));
        var node = relay.Region.Nodes![0];
        Assert.Equal(("900a", "127.0.0.1", relay.Addresses[0].Port, -1), (node.Name, node.HostName, node.DerpPort, node.StunPort));
    }

    [Fact]
    public async Task Start_Again_HasTheSameKeyAndCertificate()
    {
        var relay = await StartAsync(options => options with { KeyPath = InDirectory("same/relay.key") });
        var (key, pin) = (relay.PublicKey, relay.Region.Nodes![0].CertName);
        await relay.StopAsync();

        var again = await StartAsync(options => options with { KeyPath = InDirectory("same/relay.key") });

        Assert.Equal((key, pin), (again.PublicKey, again.Region.Nodes![0].CertName));
    }

    [Fact]
    public async Task Requests_OnEachListener_GetWhatItIsFor()
    {
        var relay = await StartAsync(options => options with { HttpListenAddr = AnyPort, MetricsListenAddr = AnyPort });
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = AcceptAny };
        using var http = new HttpClient(handler);
        var (main, plain, metrics) = ($"https://{relay.Addresses[0]}", $"http://{relay.HttpAddress}", $"http://{relay.MetricsAddress}");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(main + "/derp/probe"));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(main + "/generate_204"));
        Assert.Equal(HttpStatusCode.UpgradeRequired, await StatusAsync(main + "/derp"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(main + "/bootstrap-dns"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(main + "/metrics"));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(plain + "/generate_204"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(plain + "/derp"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(metrics + "/derp"));
        Assert.Contains("meshcontrol_relay_", await http.GetStringAsync(metrics + "/metrics", Token), StringComparison.Ordinal);
        Assert.Contains("pass", await http.GetStringAsync(metrics + "/health", Token), StringComparison.Ordinal);

        async Task<HttpStatusCode> StatusAsync(string url)
        {
            using var response = await http.GetAsync(new Uri(url), Token);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Stop_ClientsAreTold()
    {
        var relay = await StartAsync();
        var key = X25519PrivateKey.Generate();
        var client = await ConnectAsync(relay, key);

        // A login that is not quite over at the relay's end is given up; one that has relayed a packet is over.
        await SendAsync(client, key, "hello");
        await ReceiveAsync(client);

        await relay.StopAsync();

        Assert.Equal(DerpFrameType.Restarting, (await client.ReceiveAsync(Token))?.Type);
        Assert.Null(await client.ReceiveAsync(Token));
    }

    [Fact]
    public async Task VerifyUrl_SaysWhoMayUseTheRelay()
    {
        var (member, stranger) = (X25519PrivateKey.Generate(), X25519PrivateKey.Generate());
        await using var control = await ControlSite.StartAsync(new NodePublicKey(member.PublicKey));
        var relay = await StartAsync(options => options with { VerifyUrl = control.Url });

        await ConnectAsync(relay, member);
        Assert.Equal(RelayFault.NotAdmitted, (await TryConnectAsync(relay, stranger)).Failure?.Fault);

        // Asked each time: who is no member any more does not come in again.
        control.Member = default;
        Assert.Equal(RelayFault.NotAdmitted, (await TryConnectAsync(relay, member)).Failure?.Fault);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task VerifyUrl_NobodyThere_IsClosedUnlessToldOtherwise(bool failOpen)
    {
        var control = await ControlSite.StartAsync(default);
        var url = control.Url;
        await control.DisposeAsync();
        var relay = await StartAsync(options => options with { VerifyUrl = url, VerifyFailOpen = failOpen });

        var connected = await TryConnectAsync(relay, X25519PrivateKey.Generate());

        Assert.Equal(failOpen ? null : RelayFault.NotAdmitted, connected.Failure?.Fault);
    }

    [Fact]
    public async Task Mesh_OfTwo_IsOneRegionOverTlsByPins()
    {
        var meshKey = DerpMeshKey.Generate();
        var first = await StartAsync(options => options with { MeshKey = meshKey });
        var second = await StartAsync(options => options with
        {
            MeshKey = meshKey,
            MeshWith = [PeerOf(first)],
            MetricsListenAddr = AnyPort,
        });
        var (a, b) = (X25519PrivateKey.Generate(), X25519PrivateKey.Generate());
        var there = await ConnectAsync(first, a);
        var here = await ConnectAsync(second, b);

        // The link is young: what is sent before it stands is lost, as packets are.
        using var http = new HttpClient();
        while (!(await http.GetStringAsync(new Uri($"http://{second.MetricsAddress}/metrics"), Token))
            .Contains("meshcontrol_relay_mesh_clients 1", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        await SendAsync(here, a, "across");

        Assert.Equal((new NodePublicKey(b.PublicKey), "across"), await ReceiveAsync(there));
        Assert.Equal(
            $"https://127.0.0.1:{first.Addresses[0].Port}#{first.Region.Nodes![0].CertName}", RelayOnlyRegion.ToMeshPeer(first.Region));
    }

    [Fact]
    public async Task Start_PortIsTaken_SaysWhichFlag()
    {
        var relay = await StartAsync();
        var taken = new ListenAddress(IPAddress.Loopback, relay.Addresses[0].Port);

        var exception = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(options => options with { ListenAddr = [taken] }));

        Assert.Contains($"127.0.0.1:{taken.Port}", StartFailures.Describe(exception), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _all.AsEnumerable().Reverse())
        {
            await one.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private static bool AcceptAny(
        HttpRequestMessage request,
        System.Security.Cryptography.X509Certificates.X509Certificate2? certificate,
        System.Security.Cryptography.X509Certificates.X509Chain? chain,
        System.Net.Security.SslPolicyErrors errors) => true;

    private static RelayEndpoint PeerOf(RelayOnlyServer relay) => new("127.0.0.1", relay.Addresses[0].Port)
    {
        CertName = relay.Region.Nodes![0].CertName,
    };

    private static async Task SendAsync(RelayClient from, X25519PrivateKey to, string text)
    {
        var frame = new byte[DerpFrame.PacketOverhead + text.Length];
        DerpFrame.WritePacket(frame, DerpFrameType.SendPacket, to.PublicKey.Span, Encoding.ASCII.GetBytes(text));
        Assert.True(await from.SendAsync(frame, Token));
    }

    private static async Task<(NodePublicKey From, string Text)> ReceiveAsync(RelayClient to)
    {
        var frame = await to.ReceiveAsync(Token);
        Assert.Equal(DerpFrameType.RecvPacket, frame?.Type);
        Assert.True(DerpPayload.TryReadPacket(frame!.Value.Payload.Span, out var source, out var packet));
        return (source, Encoding.ASCII.GetString(packet));
    }

    private string InDirectory(string name) => Path.Combine(_directory.FullName, name);

    private async Task<RelayOnlyServer> StartAsync(Func<RelayOnlyOptions, RelayOnlyOptions>? configure = null)
    {
        var options = new RelayOnlyOptions
        {
            HostName = "127.0.0.1",
            KeyPath = InDirectory($"{++_relays}/relay.key"),
            ListenAddr = [AnyPort],
            Logging = _ => { },
        };
        var relay = await RelayOnlyServer.StartAsync(configure?.Invoke(options) ?? options, Token);
        _all.Add(relay);
        return relay;
    }

    private async Task<RelayClient> ConnectAsync(RelayOnlyServer relay, X25519PrivateKey key)
    {
        var connected = await TryConnectAsync(relay, key);
        Assert.Null(connected.Failure);
        return connected.Value!;
    }

    private async Task<RelayResult<RelayClient>> TryConnectAsync(RelayOnlyServer relay, X25519PrivateKey key)
    {
        var connected = await RelayClient.ConnectAsync(PeerOf(relay), key, new RelayClientOptions(), TimeProvider.System, Token);
        if (connected.Value is { } client)
        {
            _all.Add(client);
        }

        return connected;
    }
}
