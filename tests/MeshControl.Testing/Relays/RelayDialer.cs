using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Channels;

namespace MeshControl.Testing.Relays;

/// <summary>Opens connections to relays as stock clients do.</summary>
public static class RelayDialer
{
    /// <summary>TCP, and TLS if the URL says so; nothing is asked for yet. No ALPN, as clients offer none here.</summary>
    /// <returns>The stream, and what the certificates say of the server's key.</returns>
    public static async Task<(Stream Stream, KeyBytes? Key)> ConnectAsync(RelayEndpoint endpoint, CancellationToken cancellationToken)
    {
        var socket = endpoint.Connect is { } connect ? await connect() : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (!socket.Connected)
            {
                await socket.ConnectAsync(endpoint.Url.DnsSafeHost, endpoint.Url.Port, cancellationToken);
            }

            var stream = new NetworkStream(socket, ownsSocket: true);
            return endpoint.IsTls ? await StartTlsAsync(stream, endpoint, cancellationToken) : (stream, null);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The request for an upgrade.</summary>
    public static byte[] UpgradeRequest(RelayEndpoint endpoint, bool fastStart = false) => Encoding.ASCII.GetBytes(
        $"GET {endpoint.Url.PathAndQuery} HTTP/1.1\r\n"
        + $"Host: {endpoint.Host}\r\n"
        + "User-Agent: Go-http-client/1.1\r\n"
        + "Connection: Upgrade\r\n"
        + (fastStart ? "Derp-Fast-Start: 1\r\n" : "")
        + (endpoint.IdealNode is { } ideal ? $"Ideal-Node: {ideal}\r\n" : "")
        + endpoint.ExtraHeaders
        + "Upgrade: DERP\r\n\r\n");

    /// <summary>Connects and upgrades.</summary>
    /// <exception cref="ControlException">The server refused.</exception>
    internal static async Task<RelayConnection> OpenAsync(RelayEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.UsesWebSocket)
        {
            return new RelayConnection(await OpenWebSocketAsync(endpoint, cancellationToken), []);
        }

        var (stream, key) = await ConnectAsync(endpoint, cancellationToken);
        try
        {
            if (endpoint.TriesFastStart && key is not null)
            {
                // The login goes out together with the request, as one write; see RelayClient.
                return new RelayConnection(stream, [], key);
            }

            await stream.WriteAsync(UpgradeRequest(endpoint, endpoint.SaysFastStart), cancellationToken);
            if (endpoint.SaysFastStart)
            {
                return new RelayConnection(stream, []);
            }

            var response = await UpgradeResponse.ReadAsync(stream, cancellationToken);
            return response.Status == HttpStatusCode.SwitchingProtocols
                ? new RelayConnection(stream, response.Rest)
                : throw new ControlException(response.Status, await response.ReadBodyAsync(stream, cancellationToken));
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static async Task<(Stream Stream, KeyBytes? Key)> StartTlsAsync(
        Stream stream, RelayEndpoint endpoint, CancellationToken cancellationToken)
    {
        List<X509Certificate2> sent = [];
        var tls = new SslStream(stream, leaveInnerStreamOpen: false, (_, certificate, chain, errors) =>
        {
            // What the server sent besides its own certificate is here, whether or not it belongs to a chain.
            sent = [(X509Certificate2)certificate!, .. chain!.ChainPolicy.ExtraStore];
            return IsPinned(endpoint, sent) ?? CertificateChecks.AcceptAny(endpoint, certificate, chain, errors);
        });
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = endpoint.Host }, cancellationToken);
            return (tls, tls.SslProtocol == SslProtocols.Tls13 ? MetaCertificate.Find(sent)?.Key : null);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <returns>Null where no certificate was asked for. A pin wants exactly one certificate that is real, now, and for the name.</returns>
    private static bool? IsPinned(RelayEndpoint endpoint, IEnumerable<X509Certificate2> sent)
    {
        if (endpoint.CertificatePin is not { } pin)
        {
            return null;
        }

        var now = TimeProvider.System.GetUtcNow();
        return sent.DistinctBy(certificate => certificate.Thumbprint).Where(certificate => !MetaCertificate.IsOne(certificate)).ToList() is [var only]
            && string.Equals(only.GetCertHashString(HashAlgorithmName.SHA256), pin, StringComparison.OrdinalIgnoreCase)
            && only.NotBefore <= now && now <= only.NotAfter
            && only.MatchesHostname(endpoint.Host);
    }

    private static async Task<Stream> OpenWebSocketAsync(RelayEndpoint endpoint, CancellationToken cancellationToken)
    {
        var socket = await ConnectWebSocketAsync(endpoint, "derp", cancellationToken);
        if (socket.SubProtocol != "derp")
        {
            socket.Dispose();
            throw new ControlException($"The server selected the subprotocol '{socket.SubProtocol}'.");
        }

        return WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true);
    }

    /// <summary>Opens the WebSocket alone, for tests that look at its messages.</summary>
    /// <param name="subprotocol">Null: none is asked for.</param>
    public static async Task<ClientWebSocket> ConnectWebSocketAsync(
        RelayEndpoint endpoint, string? subprotocol, CancellationToken cancellationToken)
    {
        var url = new UriBuilder(endpoint.Url) { Scheme = endpoint.IsTls ? Uri.UriSchemeWss : Uri.UriSchemeWs };
        var socket = new ClientWebSocket();
        if (subprotocol is not null)
        {
            socket.Options.AddSubProtocol(subprotocol);
        }

        socket.Options.SetRequestHeader("Host", endpoint.Host);
        if (endpoint.IsTls)
        {
            socket.Options.RemoteCertificateValidationCallback = CertificateChecks.AcceptAny;
        }

        try
        {
            await socket.ConnectAsync(url.Uri, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
