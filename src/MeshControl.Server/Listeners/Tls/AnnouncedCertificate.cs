using System.Net.Security;
using MeshControl.Derp.Http;
using MeshControl.Protocol.Keys;

namespace MeshControl.Server.Listeners.Tls;

/// <summary>A certificate that may be replaced at any time, each time with the relay's key beside it before anybody gets it.</summary>
/// <param name="current">The certificate.</param>
/// <param name="key">The relay's.</param>
/// <param name="time">The clock.</param>
internal sealed class AnnouncedCertificate(Func<SslStreamCertificateContext> current, DerpPublicKey key, TimeProvider time)
{
    private readonly Lock _lock = new();

    /// <summary>Written under the lock.</summary>
    private volatile SslStreamCertificateContext? _announced;

    public SslStreamCertificateContext Get()
    {
        var certificate = current();
        if (!ReferenceEquals(certificate, _announced))
        {
            lock (_lock)
            {
                if (!ReferenceEquals(certificate, _announced))
                {
                    FastStart.TryAnnounce(certificate, key, time.GetUtcNow());
                    _announced = certificate;
                }
            }
        }

        return certificate;
    }
}
