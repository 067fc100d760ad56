using System.Net;
using MeshControl.Derp.Client;

namespace MeshControl.Derp.Check;

/// <summary>The small requests that clients make to relays beside the relay protocol.</summary>
internal static class HttpProbe
{
    /// <summary>For each request; clients wait no longer.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private const string LatencyPath = "/derp/latency-check";
    private const string CaptivePath = "/generate_204";
    private const string ChallengeHeader = "X-Tailscale-Challenge";
    private const string ResponseHeader = "X-Tailscale-Response";

    /// <summary>The time of a request on a connection that is open already.</summary>
    /// <param name="transport">Fresh; closed afterwards.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The time, or what was wrong.</returns>
    public static async Task<(TimeSpan? Time, string? Problem)> LatencyAsync(
        RelayTransport transport, TimeProvider time, CancellationToken cancellationToken)
    {
        await using (transport)
        {
            using var handler = new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,

                // What lies below is secured already.
                ConnectCallback = (_, _) => ValueTask.FromResult(transport.Stream),
            };
            var start = time.GetTimestamp();
            var (response, problem) = await SendAsync(
                handler, new HttpRequestMessage(HttpMethod.Get, $"http://{transport.Endpoint.Authority}{LatencyPath}"), time, cancellationToken);
            using (response)
            {
                return response is null ? (null, problem)
                    : response.IsSuccessStatusCode ? (time.GetElapsedTime(start), null)
                    : (null, $"it answers {(int)response.StatusCode}");
            }
        }
    }

    /// <summary>Asks as clients do that look for a captive portal.</summary>
    /// <param name="address">The relay's.</param>
    /// <param name="port">80, but for tests.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the answer is right, or what was wrong.</returns>
    public static async Task<string?> CaptivePortalAsync(IPAddress address, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = AnswerTimeout };
        var challenge = $"ts_{address.ToString().Replace(':', '.')}";
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{new IPEndPoint(address, port)}{CaptivePath}?t={time.GetUtcNow().ToUnixTimeSeconds()}");
        request.Headers.Add(ChallengeHeader, challenge);
        var (response, problem) = await SendAsync(handler, request, time, cancellationToken);
        using (response)
        {
            return response switch
            {
                null => problem,
                { StatusCode: not HttpStatusCode.NoContent } => $"it answers {(int)response.StatusCode} and not 204",
                _ when !response.Headers.TryGetValues(ResponseHeader, out var values) || values.First() != $"response {challenge}" =>
                    $"its answer lacks the right {ResponseHeader}",
                _ => null,
            };
        }
    }

    private static async Task<(HttpResponseMessage? Response, string? Problem)> SendAsync(
        SocketsHttpHandler handler, HttpRequestMessage request, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        try
        {
            return (await invoker.SendAsync(request, either.Token), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"it does not answer within {AnswerTimeout.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return (null, $"there is no answer ({exception.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.')})");
        }
    }
}
