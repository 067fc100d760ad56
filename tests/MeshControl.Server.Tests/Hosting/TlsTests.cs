using System.Net;
using MeshControl.Protocol.Crypto;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;

namespace MeshControl.Server.Tests.Hosting;

public sealed class TlsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tls_Listener_ServesKeyAndChannels()
    {
        await using var bench = new ServerBench();
        bench.Options = bench.Options with { Tls = TestCertificates.Write(bench, "server") };
        await bench.StartAsync();
        using var machine = X25519PrivateKey.Generate();
        await using var client = new ControlClient(bench.Endpoint, machine, new NodeTraffic());

        Assert.False((await bench.GetServerKeyAsync()).IsZero);
        using var answer = await client.SendAsync(HttpMethod.Get, "/machine/whoami", body: null, Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith("mkey:", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Empty(bench.Log.Entries);
    }

    [Fact]
    public async Task Tls_ChannelByWebSocket_IsServed()
    {
        await using var bench = new ServerBench();
        bench.Options = bench.Options with { Tls = TestCertificates.Write(bench, "server") };
        await bench.StartAsync();
        using var machine = X25519PrivateKey.Generate();
        await using var client = new ControlClient(bench.Endpoint with { UsesWebSocket = true }, machine, new NodeTraffic());

        using var answer = await client.SendAsync(HttpMethod.Get, "/machine/whoami", body: null, Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    // The upgrade is a thing of HTTP/1.1, which a client with ALPN could have given up.
    [Fact]
    public async Task Tls_ClientOfHttp2Alone_IsRefusedInTls()
    {
        await using var bench = new ServerBench();
        bench.Options = bench.Options with { Tls = TestCertificates.Write(bench, "server") };
        await bench.StartAsync();
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == TestCertificates.Subject;
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(bench.Url, ControlDialer.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        // Upgrades are requests of HTTP/1, and a browser would bring its WebSockets inside the other.
        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(request, Token));

        Assert.Equal(HttpRequestError.SecureConnectionError, exception.HttpRequestError);
    }

    [Theory]
    [InlineData("missing certificate")]
    [InlineData("missing key")]
    [InlineData("garbled certificate")]
    [InlineData("garbled key")]
    [InlineData("empty files")]
    [InlineData("key of another certificate")]
    [InlineData("certificate and key exchanged")]
    [InlineData("directory")]
    public async Task Tls_FilesOfNoUse_AreNamedInOneSentence(string fault)
    {
        await using var bench = new ServerBench();
        var tls = TestCertificates.Write(bench, "server");
        bench.Options = bench.Options with { Tls = await SpoilAsync(bench, tls, fault) };

        var message = await bench.FailToStartAsync();

        Assert.Contains("tls_cert_path", message, StringComparison.Ordinal);
        Assert.Contains("tls_key_path", message, StringComparison.Ordinal);
        Assert.Contains(bench.Options.Tls.CertPath!, message, StringComparison.Ordinal);
    }

    private static async Task<TlsOptions> SpoilAsync(ServerBench bench, TlsOptions tls, string fault)
    {
        switch (fault)
        {
            case "missing certificate":
                File.Delete(tls.CertPath!);
                break;
            case "missing key":
                File.Delete(tls.KeyPath!);
                break;
            case "garbled certificate":
                await GarbleAsync(tls.CertPath!);
                break;
            case "garbled key":
                await GarbleAsync(tls.KeyPath!);
                break;
            case "empty files":
                await File.WriteAllTextAsync(tls.CertPath!, "", Token);
                await File.WriteAllTextAsync(tls.KeyPath!, "", Token);
                break;
            case "key of another certificate":
                return tls with { KeyPath = TestCertificates.Write(bench, "other").KeyPath };
            case "certificate and key exchanged":
                return new TlsOptions { CertPath = tls.KeyPath, KeyPath = tls.CertPath };
            default:
                return tls with { CertPath = Path.GetDirectoryName(tls.CertPath) };
        }

        return tls;
    }

    /// <summary>Keeps the frame of a PEM file and spoils what is in it.</summary>
    private static async Task GarbleAsync(string path)
    {
        var lines = await File.ReadAllLinesAsync(path, Token);
        lines[1] = new string('A', lines[1].Length);
        await File.WriteAllLinesAsync(path, lines, Token);
    }
}
