using System.Net;
using System.Net.WebSockets;
using MeshControl.Derp.Relay;
using MeshControl.Protocol.Keys;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Derp.Http;

/// <summary>The way to the relay for clients in browsers, and through proxies that pass nothing but WebSockets.</summary>
public sealed class RelayWebSocket(RelayServer relay, TimeProvider time)
{
    /// <returns>Whether the request asks for a WebSocket, with any subprotocol. Without one it is an old client that speaks no WebSocket.</returns>
    public static bool IsAskedFor(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.WebSockets.IsWebSocketRequest && context.WebSockets.WebSocketRequestedProtocols.Count > 0;
    }

    /// <summary>Serves a client until it is gone. Pages of any origin may come: what they must have is the key of a node.</summary>
    /// <param name="context">A request for which <see cref="IsAskedFor"/>.</param>
    /// <param name="remote">Where the client is.</param>
    /// <param name="loggedIn">As <see cref="RelayLink.LoggedIn"/>.</param>
    public async Task ServeAsync(HttpContext context, IPEndPoint remote, Action<NodePublicKey, bool>? loggedIn = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        var offered = context.WebSockets.WebSocketRequestedProtocols.Contains(RelayProtocol.WebSocketProtocol);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = offered ? RelayProtocol.WebSocketProtocol : null,

            // What flows is random, and cannot be made shorter.
            DangerousEnableCompression = false,

            // The relay's own keep-alives do.
            KeepAliveInterval = Timeout.InfiniteTimeSpan,
        });
        if (!offered)
        {
            await RefuseAsync(socket, context.RequestAborted);
            return;
        }

        using var end = new WebSocketEnd(socket, time);
        var link = new RelayLink(new WebSocketStream(socket, end), remote, end.Begin) { LoggedIn = loggedIn };
        await relay.ServeAsync(link, context.RequestAborted);
        await end.FinishAsync();
        if (socket.State == WebSocketState.Aborted)
        {
            // Nobody may be reading: the web server would wait until somebody does.
            context.Abort();
        }
    }

    private static async Task RefuseAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        try
        {
            await socket.CloseOutputAsync(
                WebSocketCloseStatus.PolicyViolation, $"the subprotocol {RelayProtocol.WebSocketProtocol} has to be offered", cancellationToken);
        }
        catch (Exception exception) when (RelayServer.IsExpected(exception))
        {
            // It went first.
        }
    }
}
