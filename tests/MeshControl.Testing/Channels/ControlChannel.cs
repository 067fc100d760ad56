using System.Net;
using MeshControl.Protocol.Keys;

namespace MeshControl.Testing.Channels;

/// <summary>
/// HTTP/2 inside one Noise channel. Requests may be sent concurrently; a channel that broke is not opened again.
/// </summary>
public sealed class ControlChannel : IAsyncDisposable
{
    // As Go's transport has it.
    private const int StreamWindow = 4 * 1024 * 1024;

    private readonly NoiseClientStream _noise;
    private readonly EarlyPayloadStream _stream;
    private readonly HttpMessageInvoker _http;
    private int _taken;

    /// <param name="stream">A channel after the handshake, of which this takes ownership.</param>
    public ControlChannel(NoiseClientStream stream)
    {
        _noise = stream;
        _stream = new EarlyPayloadStream(stream);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, _) => await SharedTls.GetAsync(),
            PlaintextStreamFilter = (_, _) => TakeStream(),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            InitialHttp2StreamWindowSize = StreamWindow,
        });
    }

    /// <summary>What the early payload held; null if the server sent none, and before its first answer.</summary>
    public ChallengePublicKey? Challenge => _stream.Challenge;

    /// <summary>True once the connection is closed or unusable.</summary>
    public bool IsBroken => _noise.IsBroken;

    /// <summary>Sends a request and waits for the head of its answer. The URL's scheme must be <c>https</c>.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return _http.SendAsync(request, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // First the connection, so that nothing more is written that the other side would have to read.
        await _stream.DisposeAsync();
        _http.Dispose();
    }

    private ValueTask<Stream> TakeStream() =>
        Interlocked.Exchange(ref _taken, 1) == 0
            ? ValueTask.FromResult<Stream>(_stream)
            : throw new IOException("The channel was closed.");
}
