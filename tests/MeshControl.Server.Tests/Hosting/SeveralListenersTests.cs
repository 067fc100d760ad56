using System.Net;
using System.Net.Sockets;
using MeshControl.Protocol.Crypto;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;

namespace MeshControl.Server.Tests.Hosting;

public sealed class SeveralListenersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Clients of an https:// URL try a plain upgrade on port 80 first, and take the channel that comes first.
    [Fact]
    public async Task Start_TlsBesidePlain_BothServeChannels()
    {
        await using var bench = new ServerBench();
        bench.Options = bench.Options with
        {
            Tls = TestCertificates.Write(bench, "server"),
            ListenAddr =
            [
                new ListenAddress(IPAddress.Loopback, 0, ListenScheme.Https),
                new ListenAddress(IPAddress.Loopback, 0, ListenScheme.Http),
            ],
        };
        await bench.StartAsync();

        Assert.Equal(2, bench.Server!.Addresses.Count);
        Assert.Equal(HttpStatusCode.OK, await WhoAmIAsync(new Uri($"https://{bench.Server.Addresses[0]}")));
        Assert.Equal(HttpStatusCode.OK, await WhoAmIAsync(new Uri($"http://{bench.Server.Addresses[1]}")));
        Assert.Empty(bench.Log.Entries);
    }

    [Fact]
    public async Task Start_SecondAddressInUse_NamesThatOneAndFreesTheFirst()
    {
        await using var bench = new ServerBench();
        using var taken = ServerBench.Occupy(out var port);
        var sound = bench.Options;
        bench.Options = sound with
        {
            ListenAddr = [new ListenAddress(IPAddress.Loopback, 0), new ListenAddress(IPAddress.Loopback, port)],
        };

        var message = await bench.FailToStartAsync();

        Assert.StartsWith($"Cannot listen on 127.0.0.1:{port} (listen_addr): ", message, StringComparison.Ordinal);
        bench.Options = sound;
        await bench.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await bench.GetAsync("/health")).Status);
    }

    [Fact]
    public async Task Start_EveryAddressOfBothFamilies_IsReachedByBoth()
    {
        await using var bench = new ServerBench();
        bench.Options = bench.Options with { ListenAddr = [new ListenAddress(IPAddress.IPv6Any, 0)] };
        await bench.StartAsync();
        var port = bench.Server!.Address.Port;

        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using var client = new TcpClient(address.AddressFamily);
            await client.ConnectAsync(address, port, Token);
            Assert.True(client.Connected);
        }
    }

    private static async Task<HttpStatusCode> WhoAmIAsync(Uri url)
    {
        using var machine = X25519PrivateKey.Generate();
        var endpoint = new ControlEndpoint { Url = url, AcceptsAnyCertificate = true };
        await using var client = new ControlClient(endpoint, machine, new NodeTraffic());
        using var answer = await client.SendAsync(HttpMethod.Get, "/machine/whoami", body: null, Token);
        return answer.StatusCode;
    }
}
