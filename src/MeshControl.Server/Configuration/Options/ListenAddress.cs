using System.Net;

namespace MeshControl.Server.Configuration.Options;

/// <summary>Where to listen.</summary>
/// <param name="Address"><see cref="IPAddress.IPv6Any"/> means every address of both families.</param>
/// <param name="Port">0 lets the system choose.</param>
/// <param name="Scheme">Whether with TLS.</param>
public sealed record ListenAddress(IPAddress Address, int Port, ListenScheme Scheme = ListenScheme.Auto)
{
    public bool UsesTls(TlsOptions tls)
    {
        ArgumentNullException.ThrowIfNull(tls);
        return Scheme == ListenScheme.Https || (Scheme == ListenScheme.Auto && tls.IsEnabled);
    }

    public override string ToString()
    {
        var endPoint = new IPEndPoint(Address, Port).ToString();
        return Scheme switch
        {
            ListenScheme.Http => Uri.UriSchemeHttp + Uri.SchemeDelimiter + endPoint,
            ListenScheme.Https => Uri.UriSchemeHttps + Uri.SchemeDelimiter + endPoint,
            _ => endPoint,
        };
    }
}
