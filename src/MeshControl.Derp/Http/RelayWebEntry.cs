using System.IO.Pipelines;
using System.Net;
using MeshControl.Derp.Relay;
using MeshControl.Protocol.Keys;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MeshControl.Derp.Http;

/// <summary>
/// The way to the relay through a web server: on a connection that carried other requests before, as a proxy keeps them, and on bare HTTP.
/// </summary>
public sealed class RelayWebEntry(RelayServer relay)
{
    /// <returns>Whether the request asks for frames right behind it, and not for a WebSocket, or a page.</returns>
    public static bool IsAskedFor(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var token = context.Request.Headers.Upgrade.ToString();
        return HttpProtocol.IsHttp11(context.Request.Protocol)
            && (token.Equals(RelayProtocol.UpgradeToken, StringComparison.OrdinalIgnoreCase)
                || (token.Equals("websocket", StringComparison.OrdinalIgnoreCase) && !OffersSubprotocol(context)));
    }

    /// <summary>Serves a client until it is gone.</summary>
    /// <param name="context">A request for which <see cref="IsAskedFor"/>.</param>
    /// <param name="remote">Where the client is.</param>
    /// <param name="loggedIn">As <see cref="RelayLink.LoggedIn"/>.</param>
    public async Task ServeAsync(HttpContext context, IPEndPoint remote, Action<NodePublicKey, bool>? loggedIn = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        var headers = context.Request.Headers;
        var isIdeal = headers[RelayProtocol.IdealNode].ToString().Length == 0;
        if (headers[RelayProtocol.FastStart] == "1")
        {
            // There must be no answer, and the web server would make one: it is left out by using the connection behind its back, and
            // by ending that with the request.
            var transport = context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport;
            var link = new RelayLink(new PipeStream(transport), remote, context.Abort, isIdeal) { LoggedIn = loggedIn };
            await relay.ServeAsync(link, context.RequestAborted);
            context.Abort();
            return;
        }

        var response = context.Response.Headers;
        response.Upgrade = RelayProtocol.UpgradeToken;
        response[RelayProtocol.VersionHeader] = RelayProtocol.Version;
        response[RelayProtocol.PublicKeyHeader] = relay.PublicKey.ToString();
        await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();

        // Not by ending the request at once: the frames that say why would be lost.
        using var end = new LinkEnd();
        await relay.ServeAsync(
            new RelayLink(new EndableStream(stream, end.Token), remote, end.Abort, isIdeal) { LoggedIn = loggedIn }, context.RequestAborted);
    }

    private static bool OffersSubprotocol(HttpContext context) =>
        context.Request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol").Contains(RelayProtocol.WebSocketProtocol);

    /// <summary>A connection's pipes as one stream.</summary>
    private sealed class PipeStream(IDuplexPipe pipe) : AsyncOnlyStream
    {
        private readonly Stream _input = pipe.Input.AsStream(leaveOpen: true);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _input.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if ((await pipe.Output.WriteAsync(buffer, cancellationToken)).IsCompleted)
            {
                throw new IOException("The client is gone.");
            }
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
