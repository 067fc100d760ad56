using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MeshControl.Admin.Grpc;

/// <summary>HTTP over TCP, with TLS or without.</summary>
public static class RemoteHandler
{
    /// <param name="check">Decides about the server's certificate, and says afterwards what was wrong with it.</param>
    public static SocketsHttpHandler Create(CertificateCheck check) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = check.Policy,
            RemoteCertificateValidationCallback = check.Accepts,
        },
    };
}
