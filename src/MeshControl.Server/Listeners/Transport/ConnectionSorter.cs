using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MeshControl.Derp.Http;
using MeshControl.Derp.Relay;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Listeners.Polling;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Listeners.Transport;

/// <summary>
/// Finds out what flows on the connections of a public listener, and sends each its way.
/// <code>
/// socket ──► TLS? ── no ──────────────────────────────► web server, on its own transport
///             │ yes: handshake
///             ▼
///            first request ── for the relay ──► relay, on the stream of TLS
///                          └─ any other ──────► web server, on the stream of TLS
/// </code>
/// </summary>
/// <param name="certificate">Of listeners with TLS.</param>
/// <param name="stranger">
/// Of listeners without: what a client gets that begins with TLS all the same. Clients speak nothing else to a relay. Null where none will.
/// </param>
/// <param name="relay">Null when the server has none.</param>
/// <param name="isProxy">
/// Whether somebody speaks for others, whose addresses are in the heads of its requests: those the web server reads. Null: nobody does.
/// </param>
/// <param name="logger">Is told, at the level of debugging, why a handshake failed.</param>
internal sealed class ConnectionSorter(
    Func<SslStreamCertificateContext>? certificate,
    Func<SslStreamCertificateContext>? stranger,
    RelayEntry? relay,
    Func<IPAddress, bool>? isProxy,
    ILogger logger)
{
    /// <summary>The first byte of whoever begins with TLS: a record of its handshake. No request of HTTP begins so.</summary>
    private const byte HandshakeRecord = 0x16;

    /// <summary>
    /// Nothing public needs HTTP/2 outside a channel, and a browser that spoke it would ask for its WebSockets inside: for the relay and for
    /// channels alike these have to be connections of their own.
    /// </summary>
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http11];

    /// <summary>
    /// Middleware of a listener, behind <see cref="ConnectionGate"/>, which ends what takes too long here.
    /// </summary>
    public async Task ServeAsync(ConnectionContext context, ConnectionDelegate web)
    {
        var connection = (PublicConnection)context;
        try
        {
            var polled = certificate is null && stranger is null ? null : connection.Poll();
            if (polled is null || (certificate is null && await polled.PeekAsync() != HandshakeRecord))
            {
                connection.UsePlain();
                await web(connection);
                return;
            }

            await using var stream = new SslStream(polled, leaveInnerStreamOpen: false);
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = (certificate ?? stranger!)(),
                ApplicationProtocols = Protocols,
            });
            await ServeSecuredAsync(connection, polled, stream, web);
        }
        catch (Exception exception) when (IsThePeers(exception))
        {
            Log.ConnectionFailed(logger, connection.ConnectionId, exception);
        }
    }

    /// <summary>A socket for both families shows IPv4 peers as IPv6 addresses.</summary>
    private static IPEndPoint AddressOf(PublicConnection connection)
    {
        var remote = (IPEndPoint)connection.RemoteEndPoint!;
        return remote.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(remote.Address.MapToIPv4(), remote.Port) : remote;
    }

    private static bool IsThePeers(Exception exception) =>
        exception is IOException or SocketException or AuthenticationException or ObjectDisposedException or OperationCanceledException;

    private async Task ServeSecuredAsync(PublicConnection connection, PolledStream polled, SslStream stream, ConnectionDelegate web)
    {
        var ticket = connection.Features.Get<ConnectionTicket>();
        ticket?.Secured();
        var remote = AddressOf(connection);
        var isDirect = relay is not null && isProxy?.Invoke(remote.Address) != true;
        var first = isDirect ? await RelayEntry.ReadAsync(stream, CancellationToken.None) : default;
        if (first.Relay is null)
        {
            connection.UseTls(stream, first.Rest);
            try
            {
                await web(connection);
            }
            finally
            {
                await connection.Transport.Output.CompleteAsync();
                await connection.Transport.Input.CompleteAsync();
            }

            return;
        }

        ticket?.RequestArrived();
        TcpLiveness.RelaxForRelay(connection.Socket);
        var link = new RelayLink(
            stream,
            remote,
            () => connection.Abort(new ConnectionAbortedException("The relay ends it.")))
        {
            LoggedIn = (_, _) =>
            {
                ticket?.HandOver();
                polled.GoInPlace();
            },
        };
        await relay!.ServeAsync(link, first, connection.ConnectionClosed);
    }
}
