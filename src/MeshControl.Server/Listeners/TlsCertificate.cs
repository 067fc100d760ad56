using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Server.Configuration.Options;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace MeshControl.Server.Listeners;

/// <summary>The certificate of the public listener, from the files that the configuration names.</summary>
internal static class TlsCertificate
{
    /// <exception cref="StartupException">The files cannot be read or do not belong together.</exception>
    public static void Apply(HttpsConnectionAdapterOptions https, TlsOptions options)
    {
        try
        {
            https.ServerCertificate = X509Certificate2.CreateFromPemFile(options.CertPath!, options.KeyPath);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(options.CertPath!);
            https.ServerCertificateChain = chain;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The certificate {options.CertPath} (tls_cert_path) or its key {options.KeyPath} (tls_key_path) cannot be used: "
                + exception.Message,
                exception);
        }
    }
}
