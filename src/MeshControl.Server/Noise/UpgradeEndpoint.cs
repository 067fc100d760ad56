using System.Buffers;
using System.Net.WebSockets;
using MeshControl.Derp.Diagnostics;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Protocol.Noise;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Listeners.Transport;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Noise;

/// <summary>
/// <c>/ts2021</c>: turns a request into a channel.
/// <code>
/// 1  POST with Upgrade and X-Tailscale-Handshake           GET as WebSocket, handshake in the query (clients in browsers)
/// 2  compute the Noise response: a bad initiation is still a plain 400
/// 3  101 Switching Protocols                               WebSocket accepted
/// 4  Noise response and early payload in one write         Noise response alone
/// 5  hand the connection to Kestrel, which speaks HTTP/2 in it; this request lasts as long as the channel
/// </code>
/// </summary>
internal sealed class UpgradeEndpoint(
    X25519PrivateKey serverKey,
    ProxiedChannels channels,
    HandshakeQueue handshakes,
    ServerMetrics metrics,
    TimeProvider time,
    ILogger<UpgradeEndpoint> logger)
{
    public const string Path = "/ts2021";

    /// <summary>A proxy that drops headers does so with every client; that it does is worth a line now and then.</summary>
    private const int MaxLinesPerMinute = 6;

    private readonly LogThrottle _lines = new(time, MaxLinesPerMinute);

    /// <summary>The channel as an upgraded HTTP/1.1 request.</summary>
    public async Task UpgradeAsync(HttpContext context)
    {
        DisableRequestMetrics(context);
        if (!HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            await RefuseAsync(context, "make request over HTTP/1");
            return;
        }

        var next = context.Request.Headers.Upgrade.ToString();
        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        if (next.Length == 0 || upgrade is not { IsUpgradableRequest: true })
        {
            // Seen when a reverse proxy does not pass the Upgrade and Connection headers on.
            if (_lines.TryPass(out var more))
            {
                Log.UpgradeHeaderMissing(logger, more);
            }

            await RefuseAsync(context, "missing next protocol");
            return;
        }

        if (next != NoiseProtocol.UpgradeToken)
        {
            await RefuseAsync(context, "unknown next protocol");
            return;
        }

        var header = context.Request.Headers[NoiseProtocol.HandshakeHeader].ToString();
        if (await RespondAsync(context, header, withEarlyPayload: true) is not var (answer, session))
        {
            await RefuseAsync(context, DescribeRefusal(header));
            return;
        }

        // Whatever happens before the connection owns the session must not leak it.
        NoiseConnection connection;
        try
        {
            context.Response.Headers.Upgrade = NoiseProtocol.UpgradeToken;
            await upgrade.UpgradeAsync();
            var transport = context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport;
            transport.Output.Write(answer);
            await transport.Output.FlushAsync();
            connection = new NoiseConnection(context, transport, session);
        }
        catch
        {
            session.Dispose();
            throw;
        }

        await ServeAsync(context, connection);
    }

    /// <summary>The channel as a WebSocket, whose message borders mean nothing.</summary>
    public async Task AcceptWebSocketAsync(HttpContext context)
    {
        DisableRequestMetrics(context);
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await RefuseAsync(context, "missing next protocol");
            return;
        }

        var offered = context.WebSockets.WebSocketRequestedProtocols.Contains(NoiseProtocol.UpgradeToken);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(offered ? NoiseProtocol.UpgradeToken : null);
        var header = context.Request.Query[NoiseProtocol.HandshakeHeader].ToString();
        if (!offered || await RespondAsync(context, header, withEarlyPayload: false) is not var (answer, session))
        {
            var reason = offered ? DescribeRefusal(header) : $"the subprotocol {NoiseProtocol.UpgradeToken} has to be offered";
            await CloseAsync(socket, WebSocketCloseStatus.PolicyViolation, reason, context.RequestAborted);
            return;
        }

        NoiseConnection connection;
        try
        {
            var stream = new WebSocketBytes(socket);
            await stream.WriteAsync(answer, context.RequestAborted);
            connection = new NoiseConnection(context, new StreamTransport(stream), session);
        }
        catch (OperationCanceledException)
        {
            // The client is gone already.
            session.Dispose();
            return;
        }
        catch
        {
            session.Dispose();
            throw;
        }

        await ServeAsync(context, connection);
        await CloseAsync(socket, WebSocketCloseStatus.NormalClosure, description: null, context.RequestAborted);
    }

    /// <summary>Says why and goes; a client that does not answer, or is gone itself, is not waited for.</summary>
    private static async Task CloseAsync(
        WebSocket socket, WebSocketCloseStatus status, string? description, CancellationToken cancellationToken)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        try
        {
            await socket.CloseOutputAsync(status, description, cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // It went first.
        }
    }

    private static string DescribeRefusal(string header) =>
        header.Length == 0 ? "missing Tailscale handshake header" : "invalid tailscale handshake header";

    private static Task RefuseAsync(HttpContext context, string text)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    /// <summary>The duration of this request is the life of the channel and would spoil every statistic.</summary>
    private static void DisableRequestMetrics(HttpContext context)
    {
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.MetricsDisabled = true;
        }
    }

    private async Task ServeAsync(HttpContext outer, NoiseConnection connection)
    {
        if (!channels.ListenerFor(outer, connection.MachineKey).TryEnqueue(connection))
        {
            await connection.DisposeAsync();
            return;
        }

        metrics.ChannelOpened();
        await connection.Completion;
        metrics.ChannelClosed();
    }

    private async Task<(byte[] Answer, NoiseSession Session)?> RespondAsync(HttpContext context, string header, bool withEarlyPayload)
    {
        var initiation = new byte[NoiseProtocol.InitiationLength];
        return NoiseProtocol.TryDecodeInitiation(header, initiation)
            ? await handshakes.RunAsync(() => Respond(context, initiation, withEarlyPayload), context.RequestAborted)
            : null;
    }

    private (byte[] Answer, NoiseSession Session)? Respond(HttpContext context, ReadOnlySpan<byte> initiation, bool withEarlyPayload)
    {
        var early = withEarlyPayload ? EarlyPayload.Encode(NewChallenge()) : [];
        var record = early.Length == 0 ? 0 : NoiseProtocol.RecordOverhead + early.Length;
        var answer = new byte[NoiseProtocol.ResponseLength + record];
        var result = NoiseServerHandshake.TryRespond(
            serverKey, initiation, answer.AsSpan(0, NoiseProtocol.ResponseLength), out var session);
        if (result != HandshakeResult.Ok || session is null)
        {
            metrics.HandshakeRefused();
            Log.HandshakeRefused(logger, HttpText.AddressOf(context), result);
            return null;
        }

        if (early.Length > 0)
        {
            early.CopyTo(answer, NoiseProtocol.ResponseLength + NoiseProtocol.HeaderLength);
            NoiseRecord.TrySeal(session.Sending, answer.AsSpan(NoiseProtocol.ResponseLength));
        }

        return (answer, session);
    }

    /// <summary>
    /// A challenge is part of the protocol, but no client answers it: 32 random bytes are as good as a key and cost nothing.
    /// </summary>
    private static ChallengePublicKey NewChallenge()
    {
        Span<byte> bytes = stackalloc byte[KeyBytes.Length];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
        return new ChallengePublicKey(new KeyBytes(bytes));
    }
}
