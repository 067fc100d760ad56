using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Protocol.Noise;

namespace MeshControl.Testing.Channels;

/// <summary>Opens connections and takes them through the upgrade and the handshake, as stock clients do.</summary>
public static class ControlDialer
{
    /// <summary>The path of the channel's endpoint.</summary>
    public const string Path = "/ts2021";

    /// <summary>A connection to the endpoint's port, with TLS if its URL says so; no ALPN, as clients offer none here.</summary>
    public static async Task<Stream> ConnectAsync(ControlEndpoint endpoint, CancellationToken cancellationToken)
    {
        var socket = endpoint.Source is { } source
            ? new Socket(source.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        try
        {
            if (endpoint.Source is { } address)
            {
                socket.Bind(new IPEndPoint(address, 0));
            }

            await socket.ConnectAsync(endpoint.Url.DnsSafeHost, endpoint.Url.Port, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return endpoint.IsTls ? await StartTlsAsync(stream, endpoint, cancellationToken) : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The upgrade request with the handshake's first message.</summary>
    public static byte[] UpgradeRequest(Uri url, string handshakeHeader, string proxyHeader = "") => Encoding.ASCII.GetBytes(
        $"POST {Path} HTTP/1.1\r\n"
        + $"Host: {url.DnsSafeHost}:{url.Port}\r\n"
        + "User-Agent: Go-http-client/1.1\r\n"
        + "Content-Length: 0\r\n"
        + "Connection: upgrade\r\n"
        + (proxyHeader.Length == 0 ? "" : proxyHeader + "\r\n")
        + $"Upgrade: {NoiseProtocol.UpgradeToken}\r\n"
        + $"{NoiseProtocol.HandshakeHeader}: {handshakeHeader}\r\n\r\n");

    /// <summary>Dials and shakes hands.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="machineKey">The client's identity; borrowed.</param>
    /// <param name="serverKey">From <c>GET /key</c>.</param>
    /// <param name="counter">Counts the channel's bytes from the handshake's answer on.</param>
    /// <exception cref="ControlException">The server refused.</exception>
    public static async Task<NoiseClientStream> OpenAsync(
        ControlEndpoint endpoint,
        X25519PrivateKey machineKey,
        MachinePublicKey serverKey,
        ByteCounter counter,
        CancellationToken cancellationToken)
    {
        using var handshake = NoiseClientHandshake.Start(machineKey, serverKey.Bytes, endpoint.Version);
        var (stream, leftover) = endpoint.UsesWebSocket
            ? (await OpenWebSocketAsync(endpoint, handshake.InitiationHeader, cancellationToken), Array.Empty<byte>())
            : await UpgradeAsync(endpoint, handshake.InitiationHeader, cancellationToken);
        try
        {
            return await FinishAsync(handshake, stream, leftover, counter, cancellationToken);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static async Task<Stream> StartTlsAsync(Stream stream, ControlEndpoint endpoint, CancellationToken cancellationToken)
    {
        // Noise proves who the server is, so clients only log what is wrong with a certificate here.
        var tls = new SslStream(stream, leaveInnerStreamOpen: false, CertificateChecks.AcceptAny);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = endpoint.Url.DnsSafeHost }, cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private static async Task<(Stream Stream, byte[] Leftover)> UpgradeAsync(
        ControlEndpoint endpoint, string header, CancellationToken cancellationToken)
    {
        var stream = await ConnectAsync(endpoint, cancellationToken);
        try
        {
            await stream.WriteAsync(UpgradeRequest(endpoint.Url, header, endpoint.ProxyHeader), cancellationToken);
            var response = await UpgradeResponse.ReadAsync(stream, cancellationToken);
            if (response.Status != HttpStatusCode.SwitchingProtocols)
            {
                throw new ControlException(response.Status, await response.ReadBodyAsync(stream, cancellationToken));
            }

            return response["Upgrade"] == NoiseProtocol.UpgradeToken
                ? (stream, response.Rest)
                : throw new ControlException($"The server upgraded to '{response["Upgrade"]}'.");
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static async Task<Stream> OpenWebSocketAsync(ControlEndpoint endpoint, string header, CancellationToken cancellationToken)
    {
        var url = new UriBuilder(endpoint.Url)
        {
            Scheme = endpoint.IsTls ? Uri.UriSchemeWss : Uri.UriSchemeWs,
            Path = Path,
            Query = $"{NoiseProtocol.HandshakeHeader}={Uri.EscapeDataString(header)}",
        };
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(NoiseProtocol.UpgradeToken);
        if (endpoint.AcceptsAnyCertificate)
        {
            socket.Options.RemoteCertificateValidationCallback = CertificateChecks.AcceptAny;
        }

        try
        {
            await socket.ConnectAsync(url.Uri, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true);
    }

    private static async Task<NoiseClientStream> FinishAsync(
        NoiseClientHandshake handshake, Stream stream, byte[] leftover, ByteCounter counter, CancellationToken cancellationToken)
    {
        var (answer, behind) = await ReadAnswerAsync(stream, leftover, counter, cancellationToken);
        var result = handshake.TryFinish(answer, out var session);
        return result switch
        {
            HandshakeResult.Ok => new NoiseClientStream(stream, session!, behind, counter),
            HandshakeResult.Refused => throw new ControlException($"server error: \"{handshake.ErrorText}\""),
            _ => throw new ControlException($"The handshake failed: {result}."),
        };
    }

    private static async Task<(byte[] Answer, byte[] Behind)> ReadAnswerAsync(
        Stream stream, byte[] leftover, ByteCounter counter, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Max(NoiseProtocol.MaxRecordLength, leftover.Length)];
        leftover.CopyTo(buffer, 0);
        var received = leftover.Length;
        counter.AddReceived(received);
        while (true)
        {
            if (received >= NoiseProtocol.HeaderLength)
            {
                if (!NoiseClientHandshake.TryGetAnswerLength(buffer, out var length))
                {
                    throw new ControlException("The server's answer is no part of a handshake.");
                }

                if (received >= length)
                {
                    return (buffer[..length], buffer[length..received]);
                }
            }

            var count = await stream.ReadAsync(buffer.AsMemory(received), cancellationToken);
            if (count == 0)
            {
                throw new ControlException("The server closed the connection instead of answering the handshake.");
            }

            received += count;
            counter.AddReceived(count);
        }
    }
}
