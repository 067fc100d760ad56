using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MeshControl.Derp.Tests.Client;

/// <summary>Certificates of relays as a test wants them.</summary>
internal static class RelayCertificates
{
    public const string Host = "relay.test";

    /// <summary>Signs for itself.</summary>
    public static X509Certificate2 SelfSigned(TimeProvider time, string host = Host, TimeSpan? from = null, TimeSpan? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request("CN=" + host, key, host);
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now + (from ?? TimeSpan.FromDays(-1)), now + (until ?? TimeSpan.FromDays(1)));
        return Usable(certificate);
    }

    /// <summary>A root, one in between with a name of choice, and one for the host; all valid now.</summary>
    public static Chain Signed(TimeProvider time, string between, string host = Host, int serial = 2)
    {
        var (from, until) = (time.GetUtcNow().AddDays(-1), time.GetUtcNow().AddDays(1));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var betweenKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("CN=Root", rootKey).CreateSelfSigned(from, until);
        using var middle = Authority("CN=" + between, betweenKey).Create(root, from, until, [(byte)serial]);
        using var middleWithKey = middle.CopyWithPrivateKey(betweenKey);
        using var leaf = Request("CN=" + host, leafKey, host).Create(middleWithKey, from, until, [7]);
        using var leafWithKey = leaf.CopyWithPrivateKey(leafKey);
        return new Chain(
            Usable(leafWithKey),
            X509CertificateLoader.LoadCertificate(middle.RawData),
            X509CertificateLoader.LoadCertificate(root.RawData));
    }

    private static CertificateRequest Request(string subject, ECDsa key, string host)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private static CertificateRequest Authority(string subject, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }

    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);

    /// <summary>A chain of three.</summary>
    internal sealed record Chain(X509Certificate2 Leaf, X509Certificate2 Between, X509Certificate2 Root)
    {
        public SslStreamCertificateContext Context => SslStreamCertificateContext.Create(Leaf, [Between, Root], offline: true);
    }
}
