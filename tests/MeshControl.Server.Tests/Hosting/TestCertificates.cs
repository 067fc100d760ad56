using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Tests.Hosting;

/// <summary>Certificates that sign for themselves, as PEM files.</summary>
internal static class TestCertificates
{
    public const string Subject = "CN=mesh.test";

    /// <summary>Writes a certificate and its key.</summary>
    public static TlsOptions Write(ServerBench bench, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject, key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var options = new TlsOptions { CertPath = bench.InDirectory(name + ".crt"), KeyPath = bench.InDirectory(name + ".key") };
        File.WriteAllText(options.CertPath, certificate.ExportCertificatePem());
        File.WriteAllText(options.KeyPath, key.ExportPkcs8PrivateKeyPem());
        return options;
    }
}
