using System.Net;
using System.Text;
using MeshControl.Server.Configuration;

namespace MeshControl.Server.RelayMaps;

/// <summary>Fetches the maps of others: not too much, not for too long, and not what we have already.</summary>
internal sealed class MapDownload(TimeProvider time) : IDisposable
{
    /// <summary>As for files: a hundred times the largest public map.</summary>
    public const int MaxBytes = SystemFiles.MaxFileBytes;

    /// <summary>One for the scheme, one for the host and one for the path, and some to spare.</summary>
    public const int MaxRedirects = 5;

    private const int BufferSize = 16 * 1024;

    private const int Kilobyte = 1024;

    /// <summary>From the look-up of the name to the last byte. Nothing waits for it but the next try.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = Timeout,
        MaxAutomaticRedirections = MaxRedirects,
        MaxResponseHeadersLength = 16,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
        UseCookies = false,
    })
    {
        // Ours below goes by the clock that is passed in.
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "MeshControl" }, { "Accept", "application/json, application/yaml, text/yaml, */*;q=0.1" } },
    };

    /// <param name="url">Over http or https.</param>
    /// <param name="known">What we have; null: nothing.</param>
    /// <param name="cancellationToken">The server stops; all else that goes wrong is in the answer.</param>
    public async Task<MapAnswer> GetAsync(Uri url, MapCopy? known, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            Condition(request, "If-None-Match", known?.ETag);
            Condition(request, "If-Modified-Since", known?.LastModified);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            return await ReadAsync(url, known, response, linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return MapAnswer.Failed($"it did not answer within {Timeout.TotalSeconds:0} seconds");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever it is: decoders have more kinds of failure than they promise, and the old copy does as well.
            return MapAnswer.Failed($"it cannot be fetched ({exception.GetBaseException().Message.ReplaceLineEndings(" ")})");
        }
    }

    public void Dispose() => _http.Dispose();

    private static void Condition(HttpRequestMessage request, string name, string? value)
    {
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private async Task<MapAnswer> ReadAsync(Uri url, MapCopy? known, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.NotModified when known is not null:
                return MapAnswer.Unchanged;
            case HttpStatusCode.OK:
                break;
            case >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest and var redirect:
                return MapAnswer.Failed(
                    $"it redirects ({(int)redirect}) more than {MaxRedirects} times, to nowhere, or from https to http");
            case var other:
                return MapAnswer.Failed($"it answers {(int)other}");
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var content = new MemoryStream();
        var buffer = new byte[BufferSize];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (content.Length + read > MaxBytes)
            {
                return MapAnswer.Failed($"it is larger than {MaxBytes / (Kilobyte * Kilobyte)} MiB");
            }

            content.Write(buffer, 0, read);
        }

        var text = Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length).TrimStart('\uFEFF');
        return new MapAnswer(
            new MapCopy(url.AbsoluteUri, time.GetUtcNow(), text)
            {
                ETag = response.Headers.ETag?.ToString(),
                LastModified = response.Content.Headers.LastModified?.ToString("R"),
            },
            null);
    }
}
