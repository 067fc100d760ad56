using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace MeshControl.ClientTests.Lab;

/// <summary>HTTP out of a network namespace.</summary>
internal static class NamespaceHttp
{
    /// <summary>A server that does not answer at once is asked again.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    [SuppressMessage("Security", "CA5359", Justification = "The connections lead to servers that the tests started, in networks cut off from all others.")]
    public static HttpClient CreateClient(string name)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, _) =>
            {
                var target = new IPEndPoint(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port);
                return new NetworkStream(await NamespaceSockets.ConnectAsync(name, target), ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
            UseProxy = false,
        };
        return new HttpClient(handler) { Timeout = Timeout };
    }
}
