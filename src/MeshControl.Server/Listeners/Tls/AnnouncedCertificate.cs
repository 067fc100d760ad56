using System.Net.Security;
using System.Runtime.CompilerServices;
using MeshControl.Derp.Http;
using MeshControl.Protocol.Keys;

namespace MeshControl.Server.Listeners.Tls;

/// <summary>A certificate that may be replaced at any time, each time with the relay's key beside it before anybody gets it.</summary>
/// <param name="current">The certificate.</param>
/// <param name="key">The relay's.</param>
/// <param name="time">The clock.</param>
internal sealed class AnnouncedCertificate(Func<SslStreamCertificateContext> current, DerpPublicKey key, TimeProvider time)
{
    private readonly ConditionalWeakTable<SslStreamCertificateContext, object> _announced = [];

    public SslStreamCertificateContext Get()
    {
        var certificate = current();
        if (!_announced.TryGetValue(certificate, out _))
        {
            // Once for each, whoever else may be about to do the same.
            lock (_announced)
            {
                if (_announced.TryAdd(certificate, this))
                {
                    FastStart.TryAnnounce(certificate, key, time.GetUtcNow());
                }
            }
        }

        return certificate;
    }
}
