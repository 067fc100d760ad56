using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Derp.Client;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Time;

namespace MeshControl.Derp.Tests.Client;

/// <summary>The way to a relay as far as TLS, and what is said when it ends before.</summary>
public sealed class RelayTransportTests
{
    private static readonly string RelayKey = new('a', 64);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Open_ChainThatIsTrusted_Succeeds()
    {
        var chain = RelayCertificates.Signed(_time, "Between");
        await using var site = RelaySite.Tls(chain.Context);

        var opened = await OpenAsync(site.Endpoint with { Roots = [chain.Root] });

        Assert.Null(opened.Failure);
        await using var transport = opened.Value!;
        Assert.Equal(site.Address, transport.Remote);
        Assert.Equal([chain.Leaf.Thumbprint, chain.Between.Thumbprint], transport.Certificates.Select(certificate => certificate.Thumbprint));
        Assert.Null(transport.EarlyKey);
    }

    [Fact]
    public async Task Open_ChainThatNobodyTrusts_IsTheCertificatesFault()
    {
        await using var site = RelaySite.Tls(RelayCertificates.Signed(_time, "Between").Context);

        await AssertFaultAsync(site.Endpoint, RelayFault.Certificate, "The relay's certificate is not trusted: ");
    }

    [Fact]
    public async Task Open_AnotherName_IsTheCertificatesFault()
    {
        var chain = RelayCertificates.Signed(_time, "Between", "other.test");
        await using var site = RelaySite.Tls(chain.Context);

        await AssertFaultAsync(
            site.Endpoint with { Roots = [chain.Root] }, RelayFault.Certificate, "The relay's certificate is not for relay.test.");
    }

    [Fact]
    public async Task Open_NameOfTheCertificateIsGiven_IsWhatCounts()
    {
        var chain = RelayCertificates.Signed(_time, "Between", "other.test");
        await using var site = RelaySite.Tls(chain.Context);
        var endpoint = site.Endpoint with { Roots = [chain.Root] };

        await using var transport = (await OpenAsync(endpoint with { CertName = "other.test" })).Value;

        Assert.NotNull(transport);
        await AssertFaultAsync(
            endpoint with { CertName = "third.test" }, RelayFault.Certificate, "The relay's certificate is not for third.test.");
    }

    [Theory]
    [InlineData(-3, -1, "The relay's certificate expired on ")]
    [InlineData(1, 2, "The relay's certificate is not valid before ")]
    public async Task Open_OutsideOfTheDates_IsTheCertificatesFaultWithOrWithoutAPin(int from, int until, string message)
    {
        var certificate = RelayCertificates.SelfSigned(_time, from: TimeSpan.FromDays(from), until: TimeSpan.FromDays(until));
        await using var site = RelaySite.Tls(certificate);

        await AssertFaultAsync(site.Endpoint with { Roots = [certificate] }, RelayFault.Certificate, message);
        await AssertFaultAsync(site.Endpoint with { CertName = PinOf(certificate) }, RelayFault.Certificate, message);
    }

    [Fact]
    public async Task Open_PinOfASelfSignedCertificate_IsEnough()
    {
        var certificate = RelayCertificates.SelfSigned(_time);
        await using var site = RelaySite.Tls(certificate);

        await using var transport = (await OpenAsync(site.Endpoint with { CertName = PinOf(certificate) })).Value;

        Assert.NotNull(transport);
    }

    [Fact]
    public async Task Open_PinOfAnotherCertificate_TellsThePinThatWouldDo()
    {
        var certificate = RelayCertificates.SelfSigned(_time);
        await using var site = RelaySite.Tls(certificate);
        var other = PinOf(RelayCertificates.SelfSigned(_time));

        await AssertFaultAsync(
            site.Endpoint with { CertName = other },
            RelayFault.Certificate,
            $"The relay's certificate is another one than expected: its hash is {PinOf(certificate)}.");
    }

    [Fact]
    public async Task Open_PinnedCertificateOfAnotherName_IsTheCertificatesFaultUnlessAnAddressWasDialled()
    {
        var certificate = RelayCertificates.SelfSigned(_time, "other.test");
        await using var site = RelaySite.Tls(certificate);
        var endpoint = site.Endpoint with { CertName = PinOf(certificate) };

        await AssertFaultAsync(endpoint, RelayFault.Certificate, "The relay's certificate is not for relay.test.");
        await using var transport = (await OpenAsync(endpoint with { HostName = "127.0.0.1" })).Value;
        Assert.NotNull(transport);
    }

    [Fact]
    public async Task Open_PinBesideTheRelaysKey_CountsOnlyTheOther()
    {
        var chain = RelayCertificates.Signed(_time, "derpkey" + RelayKey);
        await using var site = RelaySite.Tls(chain.Context);

        await using var transport = (await OpenAsync(site.Endpoint with { CertName = PinOf(chain.Leaf) })).Value;

        Assert.NotNull(transport);
        Assert.Equal(DerpPublicKey.Parse(RelayKey), transport.EarlyKey);
    }

    [Fact]
    public async Task Open_PinBesideAnotherCertificate_IsTheCertificatesFault()
    {
        var chain = RelayCertificates.Signed(_time, "Between");
        await using var site = RelaySite.Tls(chain.Context);

        await AssertFaultAsync(
            site.Endpoint with { CertName = PinOf(chain.Leaf) }, RelayFault.Certificate, "The relay sent more than one certificate; ");
    }

    [Fact]
    public async Task Open_EarlierTls_HasNoEarlyKey()
    {
        var chain = RelayCertificates.Signed(_time, "derpkey" + RelayKey);
        await using var site = RelaySite.Tls(chain.Context, SslProtocols.Tls12);

        await using var transport = (await OpenAsync(site.Endpoint with { CertName = PinOf(chain.Leaf) })).Value;

        Assert.NotNull(transport);
        Assert.Null(transport.EarlyKey);
    }

    [Fact]
    public async Task Open_AnyCertificate_IsTakenWhenAskedFor()
    {
        await using var site = RelaySite.Tls(RelayCertificates.SelfSigned(_time, "other.test"));

        await using var transport = (await OpenAsync(site.Endpoint with { TakesAnyCertificate = true })).Value;

        Assert.NotNull(transport);
    }

    [Fact]
    public async Task Open_NoTlsThere_SaysSo()
    {
        await using var site = RelaySite.Plain(static async (stream, cancellationToken) =>
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), cancellationToken));

        await AssertFaultAsync(site.Endpoint, RelayFault.Tls, $"relay.test:{site.Address.Port} does not speak TLS as a relay does: ");
    }

    [Fact]
    public async Task Open_TlsNeverAnswers_GivesUp()
    {
        await using var site = RelaySite.Plain();
        var opening = OpenAsync(site.Endpoint);

        // All timers but one are gone when TCP has connected.
        await WaitForAsync(() => _time.PendingTimers == 1);
        _time.Advance(RelayTimeouts.ConnectTimeout - TimeSpan.FromTicks(1));
        Assert.False(opening.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(RelayFault.TimedOut, (await opening).Failure?.Fault);
    }

    [Fact]
    public async Task Open_NoAnswerToTheFirstAddress_TriesTheNext()
    {
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var port = ((IPEndPoint)full.LocalEndPoint!).Port;

        // Whom nobody accepts takes the only place; who comes then gets no answer.
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(full.LocalEndPoint, TestContext.Current.CancellationToken);
        var opening = OpenAsync(new RelayEndpoint(RelayCertificates.Host, port) { Addresses = [IPAddress.Loopback, IPAddress.Parse("127.0.0.2")] });

        await WaitForAsync(() => _time.PendingTimers == 2);
        _time.Advance(RelayTimeouts.DialTimeout - TimeSpan.FromTicks(1));
        Assert.False(opening.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(new RelayFailure(RelayFault.Refused, $"Nobody listens on 127.0.0.2:{port}."), (await opening).Failure);
    }

    [Fact]
    public async Task Open_NobodyListens_SaysWhere()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)closed.LocalEndPoint!).Port;

        await AssertFaultAsync(new RelayEndpoint("127.0.0.1", port), RelayFault.Refused, $"Nobody listens on 127.0.0.1:{port}.");
    }

    [Fact]
    public async Task Open_NameWithoutAnAddress_SaysWhich()
    {
        await AssertFaultAsync(new RelayEndpoint(new string('x', 300)), RelayFault.NameUnknown, "The name xxx");
        await AssertFaultAsync(
            new RelayEndpoint("127.0.0.1") { Family = AddressFamily.InterNetworkV6 },
            RelayFault.NameUnknown,
            "The name 127.0.0.1 has no IPv6 address.");
    }

    private static string PinOf(X509Certificate2 certificate) => "sha256-raw:" + Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));

    private static async Task WaitForAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task AssertFaultAsync(RelayEndpoint endpoint, RelayFault fault, string beginning)
    {
        var opened = await OpenAsync(endpoint);
        Assert.Equal(fault, opened.Failure?.Fault);
        Assert.StartsWith(beginning, opened.Failure!.Message, StringComparison.Ordinal);
    }

    private Task<RelayResult<RelayTransport>> OpenAsync(RelayEndpoint endpoint) =>
        RelayTransport.OpenAsync(endpoint, _time, TestContext.Current.CancellationToken);
}
