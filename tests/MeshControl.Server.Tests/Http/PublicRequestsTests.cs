using System.Net;
using MeshControl.Protocol.Crypto;
using MeshControl.Server.Tests.Hosting;
using MeshControl.Testing.Nodes;

namespace MeshControl.Server.Tests.Http;

public sealed class PublicRequestsTests
{
    private const string Client = "192.168.91.240";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/health")]
    [InlineData("/key?v=138")]
    [InlineData("/key")]
    [InlineData("/nothing")]
    [InlineData("/ts2021")]
    [Trait("Acceptance", "TestSecurityHeaders")]
    public async Task Page_Any_HasTheSecurityHeaders(string path)
    {
        await using var bench = new ServerBench();
        await bench.StartAsync();
        using var http = new HttpClient();

        using var answer = await http.GetAsync(new Uri(bench.Url, path), Token);

        Assert.Equal(["DENY"], answer.Headers.GetValues("X-Frame-Options"));
        Assert.Equal(["frame-ancestors 'none'"], answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
    }

    [Theory]
    [InlineData(true, Client)]
    [InlineData(false, "127.0.0.1")]
    [Trait("Acceptance", "TestOverrideRemoteAddr")]
    public async Task Log_OfARequestInAChannel_ShowsTheClientThatATrustedProxyNamed(bool trusted, string shown)
    {
        await using var bench = new ServerBench();
        bench.Options = bench.Options with { TrustedProxies = trusted ? [IPNetwork.Parse("127.0.0.0/8")] : [] };
        await bench.StartAsync();
        using var machine = X25519PrivateKey.Generate();
        var endpoint = bench.Endpoint with { ProxyHeader = $"{TrustedProxies.RealIp}: {Client}" };
        await using var client = new ControlClient(endpoint, machine, new NodeTraffic());

        using var answer = await client.SendAsync(HttpMethod.Post, "/machine/register", "{\"Version\":1}"u8.ToArray(), Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(bench.Details.Entries, entry => entry.Text.Contains($" at {shown} was refused: ", StringComparison.Ordinal));
    }
}
