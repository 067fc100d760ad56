using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Tests.Hosting;

/// <summary>Certificates that sign for themselves, as PEM files.</summary>
internal static class TestCertificates
{
    public const string Subject = "CN=mesh.test";

    /// <summary>Writes a certificate and its key into the bench's directory.</summary>
    public static TlsOptions Write(ServerBench bench, string name)
    {
        var options = new TlsOptions { CertPath = bench.InDirectory(name + ".crt"), KeyPath = bench.InDirectory(name + ".key") };
        var (certificate, key) = Create(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(options.CertPath, certificate);
        File.WriteAllText(options.KeyPath, key);
        return options;
    }

    /// <summary>A certificate and its key, both as PEM.</summary>
    public static (string Certificate, string Key) Create(DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject, key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(from, until);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
