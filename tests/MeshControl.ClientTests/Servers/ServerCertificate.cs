using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.ClientTests.Lab;

namespace MeshControl.ClientTests.Servers;

/// <summary>A certificate for the address of host 0, which clients have to trust, in two files.</summary>
internal sealed record ServerCertificate(string CertificateFile, string KeyFile)
{
    /// <summary>What makes a client trust it.</summary>
    public IReadOnlyDictionary<string, string> Trust => new Dictionary<string, string> { ["SSL_CERT_FILE"] = CertificateFile };

    public static async Task<ServerCertificate> CreateAsync(string directory, CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mesh.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(HostLab.ServerAddress));
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var files = new ServerCertificate(Path.Combine(directory, "tls.crt"), Path.Combine(directory, "tls.key"));
        await File.WriteAllTextAsync(files.CertificateFile, certificate.ExportCertificatePem(), cancellationToken);
        await File.WriteAllTextAsync(files.KeyFile, key.ExportPkcs8PrivateKeyPem(), cancellationToken);
        return files;
    }
}
