using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MeshControl.Protocol.Crypto;
using MeshControl.Server.Listeners.Tls;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Time;

namespace MeshControl.Server.Tests.Hosting;

/// <summary>A certificate that is renewed while the server runs.</summary>
public sealed class CertificateReloadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renewed_WhileChannelsAreOpen_NewConnectionsGetItAndOldOnesStay()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        await using var bench = new ServerBench { Time = time };
        bench.Options = bench.Options with { Tls = TestCertificates.Write(bench, "server") };
        await bench.StartAsync();
        using var machine = X25519PrivateKey.Generate();
        await using var client = new ControlClient(bench.Endpoint, machine, new NodeTraffic());
        using var first = await client.SendAsync(HttpMethod.Get, "/machine/whoami", body: null, Token);
        var channel = client.Channel;
        var before = await GetSerialAsync(bench);

        TestCertificates.Write(bench, "server");
        time.Advance(CertificateWatch.Interval);
        var after = await GetOtherSerialAsync(bench, before);

        Assert.NotEqual(before, after);
        using var answer = await client.SendAsync(HttpMethod.Get, "/machine/whoami", body: null, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Same(channel, client.Channel);
        Assert.Empty(bench.Log.Entries);
    }

    /// <summary>Asks until the watch has run, which it does on a thread of its own.</summary>
    private static async Task<string> GetOtherSerialAsync(ServerBench bench, string before)
    {
        while (true)
        {
            Token.ThrowIfCancellationRequested();
            if (await GetSerialAsync(bench) is var serial && serial != before)
            {
                return serial;
            }
        }
    }

    private static async Task<string> GetSerialAsync(ServerBench bench)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(bench.Server!.Address, Token);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "mesh.test",
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == TestCertificates.Subject,
            },
            Token);
        return tls.RemoteCertificate!.GetSerialNumberString();
    }
}
