using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MeshControl.FunctionalTests.Support;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Peers;

namespace MeshControl.FunctionalTests.Channels;

/// <summary>The server with a certificate of its own. Clients offer no ALPN for the upgrade.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("meshcontrol-tls-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Join_OverTls_Works(bool usesWebSocket)
    {
        await using var server = await StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync(
            "two", key, options => options with { Endpoint = options.Endpoint with { UsesWebSocket = usesWebSocket } });

        await one.WaitForAsync(map => map.HasExactly("two"));
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    public async Task Key_ClientThatWouldSpeakHttp2_IsServedByHttp1()
    {
        await using var server = await StartAsync();
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate is not null,
        };
        using var http = new HttpClient(handler)
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };

        using var response = await http.GetAsync(new Uri(server.Url, "/key?v=148"), Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(HttpVersion.Version11, response.Version);
    }

    [Fact]
    public async Task Upgrade_PlainTextOnTlsPort_FailsFast()
    {
        await using var server = await StartAsync();
        var plain = new ControlEndpoint { Url = new Uri($"http://127.0.0.1:{server.Url.Port}") };
        await using var peer = await ScriptedPeer.ConnectAsync(plain, Token);

        await peer.SendRawAsync(ControlDialer.UpgradeRequest(plain.Url, "AAAA"), Token);

        Assert.DoesNotContain("101", Encoding.ASCII.GetString(await peer.ReadToEndAsync(Token)), StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private Task<TestServer> StartAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var paths = new TlsOptions
        {
            CertPath = Path.Combine(_directory.FullName, "cert.pem"),
            KeyPath = Path.Combine(_directory.FullName, "key.pem"),
        };
        File.WriteAllText(paths.CertPath, certificate.ExportCertificatePem());
        File.WriteAllText(paths.KeyPath, key.ExportPkcs8PrivateKeyPem());
        return TestServer.StartAsync(configure: options => options with { Tls = paths });
    }
}
