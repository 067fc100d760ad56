using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.ClientTests.Lab;

namespace MeshControl.ClientTests.Servers;

/// <summary>A certificate for the address of host 0, which clients have to trust, in two files.</summary>
/// <param name="Hash">As DER, SHA-256, 64 hex digits: how clients know it that do not trust it.</param>
internal sealed record ServerCertificate(string CertificateFile, string KeyFile, string Hash)
{
    /// <summary>What makes a client trust it.</summary>
    public IReadOnlyDictionary<string, string> Trust => new Dictionary<string, string> { ["SSL_CERT_FILE"] = CertificateFile };

    /// <param name="directory">For the files.</param>
    /// <param name="more">Further addresses of the host.</param>
    public static async Task<ServerCertificate> CreateAsync(
        string directory, CancellationToken cancellationToken, params IEnumerable<string> more)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mesh.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var address in more.Prepend(HostLab.ServerAddress))
        {
            names.AddIpAddress(IPAddress.Parse(address));
        }

        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var files = new ServerCertificate(
            Path.Combine(directory, "tls.crt"),
            Path.Combine(directory, "tls.key"),
            certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant());
        await File.WriteAllTextAsync(files.CertificateFile, certificate.ExportCertificatePem(), cancellationToken);
        await File.WriteAllTextAsync(files.KeyFile, key.ExportPkcs8PrivateKeyPem(), cancellationToken);
        return files;
    }
}
