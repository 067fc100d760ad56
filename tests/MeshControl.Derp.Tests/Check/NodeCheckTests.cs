using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Derp.Check;
using MeshControl.Derp.Client;
using MeshControl.Derp.Map;
using MeshControl.Derp.Tests.Client;
using MeshControl.Derp.Tests.Http;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Time;

namespace MeshControl.Derp.Tests.Check;

/// <summary>What is said of relays, good and bad.</summary>
public sealed class NodeCheckTests : IDisposable
{
    private const string Fine = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private readonly ManualTimeProvider _time = new();
    private readonly X509Certificate2 _certificate;

    public NodeCheckTests() => _certificate = RelayCertificates.SelfSigned(_time, until: NodeCheck.ExpiryWarning + TimeSpan.FromDays(1));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_GoodRelay_HasNothingToSay()
    {
        await using var site = Relay();

        var report = await RunAsync(Node(site));

        Assert.Empty(report.Findings);
        Assert.True(report.IsUsable);
        Assert.Equal(RelayScript.PublicKey, report.Key);
        Assert.NotNull(report.Connect);
        Assert.NotNull(report.Https);
        Assert.Equal(_certificate.NotAfter.ToUniversalTime(), report.CertificateEnd!.Value.UtcDateTime);
        Assert.Equal((null, null, null), (report.StunV4, report.StunV6, report.Port80));
    }

    [Fact]
    public async Task Run_RelayThatServesItsOwnNodesAlone_IsUsable()
    {
        await using var site = Relay(admits: false);

        var report = await RunAsync(Node(site));

        Assert.Empty(report.Findings);
        Assert.Null(report.Key);
    }

    [Fact]
    public async Task Run_NobodyListens_IsFatalWithTheRemedy()
    {
        var gone = Relay();
        var node = Node(gone);
        await gone.DisposeAsync();

        var report = await RunAsync(node);

        var finding = Assert.Single(report.Findings);
        Assert.False(report.IsUsable);
        Assert.Equal($"Nobody listens on 127.0.0.1:{node.DerpPort}.", finding.Message);
        Assert.Contains($"listens on TCP {node.DerpPort}", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OtherCertificate_IsFatalUnlessNobodyChecks()
    {
        await using var site = Relay();
        var node = Node(site) with { CertName = RelayText.HashPrefix + new string('0', RelayText.HashDigits) };

        var finding = Assert.Single((await RunAsync(node)).Findings);

        Assert.True(finding.IsFatal);
        Assert.Contains("another one than expected", finding.Message, StringComparison.Ordinal);
        Assert.Contains("sha256-raw:", finding.Remedy, StringComparison.Ordinal);
        Assert.True((await RunAsync(node with { InsecureForTests = true })).IsUsable);
    }

    [Fact]
    public async Task Run_CertificateThatExpiresSoon_IsAWarning()
    {
        await using var site = Relay();
        _time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(2));

        var report = await RunAsync(Node(site));

        Assert.True(report.IsUsable);
        Assert.Contains("certificate expires on 2026-08-16", Assert.Single(report.Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WebServerThatIsNoRelay_IsFatal()
    {
        await using var site = Site(async script =>
        {
            await script.ReadRequestAsync();
            await script.WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            await script.WaitAsync();
        });

        var finding = Assert.Single((await RunAsync(Node(site))).Findings);

        Assert.True(finding.IsFatal);
        Assert.Contains("is no relay; it answers \"HTTP/1.1 404 Not Found\"", finding.Message, StringComparison.Ordinal);
        Assert.Contains("Upgrade header", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoLatencyCheck_IsAWarning()
    {
        await using var site = Relay(latency: "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");

        var report = await RunAsync(Node(site));

        Assert.True(report.IsUsable);
        Assert.Null(report.Https);
        Assert.Contains("/derp/latency-check over HTTPS, it answers 502", Assert.Single(report.Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Stun_IsAskedByTheAddressInTheMap()
    {
        await using var site = Relay();
        using var stun = new StunSite();
        var checking = RunAsync(Node(site) with { StunPort = stun.Address.Port });
        var (transaction, from) = await stun.ReceiveAsync(Token);
        await stun.AnswerAsync(transaction, from, Token);

        var report = await checking;

        Assert.NotNull(report.StunV4);
        Assert.Empty(report.Findings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_NoStun_IsFatalOnlyWhereThereIsNothingElse(bool isStunOnly)
    {
        await using var site = Relay();
        var closed = new StunSite();
        var port = closed.Address.Port;
        closed.Dispose();

        var report = await RunAsync(Node(site) with { StunPort = port, StunOnly = isStunOnly });

        var finding = Assert.Single(report.Findings);
        Assert.Equal((isStunOnly, !isStunOnly), (finding.IsFatal, report.IsUsable));
        Assert.Equal("By IPv4 there is no answer to STUN.", finding.Message);
        Assert.Contains($"Let UDP {port} reach", finding.Remedy, StringComparison.Ordinal);
        Assert.Equal(isStunOnly, report.Connect is null);
    }

    [Fact]
    public async Task Stun_NoAnswer_IsAskedThreeTimesAndGivenUp()
    {
        using var stun = new StunSite();
        var asking = StunProbe.AskAsync(stun.Address, _time, Token);

        var first = await stun.ReceiveAsync(Token);
        _time.Advance(StunProbe.Pause);
        var second = await stun.ReceiveAsync(Token);
        _time.Advance(StunProbe.Pause);
        var third = await stun.ReceiveAsync(Token);
        Assert.Equal(3, new[] { first.Transaction, second.Transaction, third.Transaction }.Distinct().Count());
        _time.Advance(StunProbe.AnswerTimeout);

        Assert.Equal((null, null), await asking);
    }

    [Fact]
    public async Task Stun_LateAnswerToTheFirstQuestion_CountsFromThatQuestion()
    {
        using var stun = new StunSite();
        var asking = StunProbe.AskAsync(stun.Address, _time, Token);
        var (transaction, from) = await stun.ReceiveAsync(Token);
        _time.Advance(StunProbe.Pause);
        await stun.ReceiveAsync(Token);

        await stun.AnswerAsync(default, from, Token);
        await stun.AnswerAsync(transaction, from, Token);

        Assert.Equal((StunProbe.Pause, null), await asking);
    }

    [Fact]
    public async Task Latency_SilentRelay_IsGivenUp()
    {
        var asked = new TaskCompletionSource();
        await using var site = Site(async script =>
        {
            await script.ReadRequestAsync();
            asked.SetResult();
            await script.WaitAsync();
        });
        var opened = await RelayTransport.OpenAsync(NodeAddresses.Endpoint(Node(site), AddressFamily.InterNetwork), _time, Token);

        var asking = HttpProbe.LatencyAsync(opened.Value!, _time, Token);
        await asked.Task.WaitAsync(Token);
        _time.Advance(HttpProbe.AnswerTimeout);

        Assert.Equal((null, "it does not answer within 5 s"), await asking);
    }

    [Fact]
    public async Task CaptivePortal_OurOwnAnswer_IsRight()
    {
        await using var site = await DerpSite.StartAsync();

        Assert.Null(await HttpProbe.CaptivePortalAsync(IPAddress.Loopback, site.Address.Port, _time, Token));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "it answers 200 and not 204")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: https://relay.test/\r\nContent-Length: 0\r\n\r\n", "it answers 302 and not 204")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "its answer lacks the right X-Tailscale-Response")]
    [InlineData("HTTP/1.1 204 No Content\r\nX-Tailscale-Response: response ts_forged\r\n\r\n", "its answer lacks the right X-Tailscale-Response")]
    [InlineData("", "there is no answer")]
    public async Task CaptivePortal_OtherAnswers_AreWrong(string answer, string problem)
    {
        await using var site = RelaySite.Plain(async (stream, token) =>
        {
            var script = new RelayScript(stream, token);
            await script.ReadRequestAsync();
            await script.WriteAsync(answer);
        });

        Assert.StartsWith(
            problem, await HttpProbe.CaptivePortalAsync(IPAddress.Loopback, site.Address.Port, _time, Token), StringComparison.Ordinal);
    }

    public void Dispose() => _certificate.Dispose();

    private Task<NodeReport> RunAsync(DerpNode node) => NodeCheck.RunAsync(node, _time, Token);

    /// <summary>By IPv4, with the hash of its certificate and without STUN.</summary>
    private DerpNode Node(RelaySite site) => new()
    {
        Name = "900a",
        RegionId = 900,
        HostName = RelayCertificates.Host,
        Ipv4 = "127.0.0.1",
        Ipv6 = RelayText.NoAddress,
        DerpPort = site.Address.Port,
        StunPort = -1,
        CertName = RelayText.HashPrefix + Convert.ToHexStringLower(SHA256.HashData(_certificate.RawData)),
    };

    private RelaySite Site(Func<RelayScript, Task> run) => RelaySite.Tls(
        SslStreamCertificateContext.Create(_certificate, [], offline: true), script: (stream, token) => run(new RelayScript(stream, token)));

    private RelaySite Relay(bool admits = true, string latency = Fine) => Site(async script =>
    {
        if ((await script.ReadRequestAsync()).StartsWith("GET /derp/latency-check ", StringComparison.Ordinal))
        {
            await script.WriteAsync(latency);
            await script.WaitAsync();
            return;
        }

        await script.SwitchAsync();
        await script.GreetAsync();
        var (client, _) = await script.ReadLoginAsync();
        if (admits)
        {
            await script.WelcomeAsync(client);
            await script.WaitAsync();
        }
    });
}
