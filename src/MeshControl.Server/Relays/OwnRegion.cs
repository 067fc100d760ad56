using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Relays;

/// <summary>What clients are told of the server's own relay.</summary>
internal static class OwnRegion
{
    /// <summary>What clients take for a port that is not written.</summary>
    private const int DefaultStunPort = 3478;

    private const int HttpsPort = 443;
    private const int HttpPort = 80;
    private const string HashPrefix = "sha256-raw:";

    /// <summary>
    /// Whether clients know the relay's certificate by its hash: where they reach the server without TLS, and it has no certificate.
    /// </summary>
    public static bool IsPinned(ServerOptions options) =>
        options.Derp.Server.Enabled && options.ServerUrl.Scheme == Uri.UriSchemeHttp && !options.Tls.IsEnabled;

    /// <summary>The name in ASCII form, or the address without brackets, by which clients reach the relay.</summary>
    public static string HostOf(ServerOptions options) => options.Derp.Server.HostName is { Length: > 0 } own
        ? own
        : options.ServerUrl.IdnHost.Trim('[', ']').TrimEnd('.').ToLowerInvariant();

    /// <param name="options">Of the server.</param>
    /// <param name="stunPort">The port by which STUN is answered; null: it is not.</param>
    /// <param name="certificateHash">Of the certificate that nobody signed; null where clients verify the certificate as usual.</param>
    /// <returns>Null when clients are not to be told of any.</returns>
    public static DerpRegion? Of(ServerOptions options, int? stunPort, string? certificateHash)
    {
        var server = options.Derp.Server;
        if (server is not { Enabled: true, AddRegion: true })
        {
            return null;
        }

        var id = server.RegionId.ToString(CultureInfo.InvariantCulture);
        var host = HostOf(options);
        var port = PortOf(options);
        var ipv4 = server.Ipv4 ?? Literal(host, AddressFamily.InterNetwork);
        var node = new DerpNode
        {
            Name = id + "a",
            RegionId = server.RegionId,
            HostName = host,
            CertName = certificateHash is null ? null : HashPrefix + certificateHash,
            Ipv4 = ipv4,
            Ipv6 = server.Ipv6 ?? Literal(host, AddressFamily.InterNetworkV6),
            DerpPort = port == HttpsPort ? 0 : port,
            StunPort = stunPort switch
            {
                null => -1,
                DefaultStunPort => 0,
                { } other => other,
            },

            // Clients ask by the address alone.
            CanPort80 = IPAddress.TryParse(ipv4, out _) && AnswersOnPort80(options),
        };
        return new DerpRegion
        {
            RegionId = server.RegionId,
            RegionCode = server.RegionCode.Length > 0 ? server.RegionCode : id,
            RegionName = server.RegionName.Length > 0 ? server.RegionName : $"Region {id}",
            Nodes = WireList.CopyOf([node]),
        };
    }

    /// <summary>
    /// That of the URL. One that says http although there is a certificate is for the channel; the relay is where TLS is.
    /// </summary>
    private static int PortOf(ServerOptions options)
    {
        var url = options.ServerUrl;
        return options.Derp.Server.Port is > 0 and var own ? own
            : url.Scheme == Uri.UriSchemeHttp && options.Tls.IsEnabled
                ? options.ListenAddr.FirstOrDefault(listen => listen.UsesTls(options.Tls) && listen.Port != 0)?.Port ?? HttpsPort
                : url.Port;
    }

    /// <summary>A port that a proxy has is the proxy's business: nobody knows what it answers there.</summary>
    private static bool AnswersOnPort80(ServerOptions options) =>
        options.Derp.Server.HttpListenAddr?.Port == HttpPort
        || options.ListenAddr.Any(listen => listen.Port == HttpPort && !listen.UsesTls(options.Tls));

    private static string? Literal(string host, AddressFamily family) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == family ? address.ToString() : null;
}
