using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MeshControl.Derp.Relay;
using MeshControl.Protocol.Keys;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Admission;

/// <summary>
/// Asks a control server about each client, as derper's <c>--verify-client-url</c> does: POST of
/// <c>{"NodePublic":"nodekey:…","Source":"192.0.2.1"}</c>, answered with 200 and <c>{"Allow":true}</c>. Nothing is remembered: a node that
/// was deleted a second ago is not let in.
/// </summary>
public sealed class VerifyUrlAdmission : IRelayAdmission, IDisposable
{
    /// <summary>For an answer, of the ten seconds that a client has to log in.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>An answer has 14 bytes; what is longer is not one.</summary>
    public const int MaxAnswerLength = 4 * 1024;

    /// <summary>Questions at once: a storm of clients shall not become one at the control server.</summary>
    public const int MaxQuestions = 64;

    /// <summary>A control server that is away is told of this often.</summary>
    public static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _http;
    private readonly Uri _url;
    private readonly bool _failOpen;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _questions = new(MaxQuestions);

    /// <summary>When the log was told last; 0: never. Swapped.</summary>
    private long _warned;

    /// <param name="url">Whom to ask.</param>
    /// <param name="failOpen">What becomes of clients while nobody answers.</param>
    /// <param name="handler">How requests are sent; disposed with this.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told when nobody answers.</param>
    public VerifyUrlAdmission(Uri url, bool failOpen, HttpMessageHandler handler, TimeProvider time, ILogger<VerifyUrlAdmission> logger)
    {
        _http = new HttpMessageInvoker(handler, disposeHandler: true);
        (_url, _failOpen, _time, _logger) = (url, failOpen, time, logger);
    }

    /// <summary>As requests are sent outside of tests: no redirect is followed, since it would be another's answer.</summary>
    public static HttpMessageHandler CreateHandler() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = AnswerTimeout,
        MaxConnectionsPerServer = MaxQuestions,
        MaxResponseHeadersLength = MaxAnswerLength / 1024,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    public async ValueTask<bool> AdmitAsync(NodePublicKey key, IPAddress source, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(AnswerTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await _questions.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Also where failures let clients in: else whoever sends enough of them opens the door.
            Warn($"{MaxQuestions} questions wait for an answer", false);
            return false;
        }

        try
        {
            return await AskAsync(key, source, either.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested
            && exception is HttpRequestException or IOException or OperationCanceledException)
        {
            Warn(exception is OperationCanceledException ? $"no answer within {AnswerTimeout.TotalSeconds:0} s" : exception.Message, _failOpen);
            return _failOpen;
        }
        finally
        {
            _questions.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _questions.Dispose();
    }

    private static byte[] Question(NodePublicKey key, IPAddress source)
    {
        var address = source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source;
        return JsonSerializer.SerializeToUtf8Bytes(
            new VerifyQuestion(key.ToString(), address.ToString()), VerifyJson.Default.VerifyQuestion);
    }

    private async Task<bool> AskAsync(NodePublicKey key, IPAddress source, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _url)
        {
            Content = new ByteArrayContent(Question(key, source)) { Headers = { ContentType = Json } },
        };
        using var response = await _http.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            // Somebody is there and does not say yes.
            Warn($"status {(int)response.StatusCode}", false);
            return false;
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var answer = new byte[MaxAnswerLength + 1];
        var length = await body.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length <= MaxAnswerLength && TryParse(answer.AsSpan(0, length)) is { } allow)
        {
            return allow;
        }

        Warn("an answer that is not {\"Allow\":true} or {\"Allow\":false}", false);
        return false;
    }

    private static bool? TryParse(ReadOnlySpan<byte> answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, VerifyJson.Default.VerifyAnswer)?.Allow;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Warn(string reason, bool admitted)
    {
        var now = _time.GetTimestamp();
        var last = Interlocked.Read(ref _warned);
        if ((last == 0 || _time.GetElapsedTime(last, now) >= WarningInterval) && Interlocked.CompareExchange(ref _warned, now, last) == last)
        {
            AdmissionLog.NoAnswer(_logger, _url.GetLeftPart(UriPartial.Authority), reason, admitted ? "let in" : "turned away");
        }
    }
}
