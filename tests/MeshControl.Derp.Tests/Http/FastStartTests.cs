using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Derp.Client;
using MeshControl.Derp.Http;
using MeshControl.Derp.Tests.Client;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Time;

namespace MeshControl.Derp.Tests.Http;

/// <summary>The relay's key in the course of TLS: what a client that looks for it finds, and that nobody else is disturbed.</summary>
public sealed class FastStartTests
{
    private static readonly DerpPublicKey Key = DerpPublicKey.Parse("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");

    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Create_ForAKey_IsTheKnownAnswer()
    {
        using var certificate = FastStart.Create(Key, _time.GetUtcNow());

        Assert.Equal("CN=derpkeyde9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", certificate.Subject);
        Assert.Equal("02", certificate.SerialNumber);
        Assert.Equal(_time.GetUtcNow().AddDays(-30).UtcDateTime, certificate.NotBefore.ToUniversalTime(), TimeSpan.FromSeconds(1));
        Assert.Equal(_time.GetUtcNow().AddDays(30).UtcDateTime, certificate.NotAfter.ToUniversalTime(), TimeSpan.FromSeconds(1));
        Assert.Single(certificate.Extensions.OfType<X509BasicConstraintsExtension>());
        Assert.False(certificate.HasPrivateKey);
    }

    [Fact]
    public async Task Announce_PinnedCertificate_IsSeenAndThePinStillHolds()
    {
        using var certificate = RelayCertificates.SelfSigned(_time);
        var context = SslStreamCertificateContext.Create(certificate, null, offline: true);
        Assert.True(FastStart.TryAnnounce(context, Key, _time.GetUtcNow()));
        await using var site = RelaySite.Tls(context);

        var pin = "sha256-raw:" + Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));
        await using var transport = await OpenAsync(site.Endpoint with { CertName = pin });

        Assert.Equal(Key, transport.EarlyKey);
    }

    [Fact]
    public async Task Announce_ChainThatIsTrusted_IsSeenBehindItAndTheChainStillHolds()
    {
        var chain = RelayCertificates.Signed(_time, "Between");
        var context = chain.Context;
        Assert.True(FastStart.TryAnnounce(context, Key, _time.GetUtcNow()));
        await using var site = RelaySite.Tls(context);

        await using var transport = await OpenAsync(site.Endpoint with { Roots = [chain.Root] });

        Assert.Equal(Key, transport.EarlyKey);
        Assert.Equal(
            [chain.Leaf.Thumbprint, chain.Between.Thumbprint], transport.Certificates.Take(2).Select(certificate => certificate.Thumbprint));
    }

    private async Task<RelayTransport> OpenAsync(RelayEndpoint endpoint)
    {
        var opened = await RelayTransport.OpenAsync(endpoint, _time, Token);
        Assert.Null(opened.Failure);
        return opened.Value!;
    }
}
