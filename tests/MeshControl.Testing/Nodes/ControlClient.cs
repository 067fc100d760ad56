using System.Net;
using System.Net.Http.Headers;
using System.Text;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Channels;

namespace MeshControl.Testing.Nodes;

/// <summary>
/// The requests of a client, each on the one channel that is open, or on a new one after that broke. May be used concurrently.
/// </summary>
public sealed class ControlClient : IAsyncDisposable
{
    private const string LoadBalancerHeader = "Ts-Lb";
    private const string Agent = "Go-http-client/2.0";
    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(10);
    private static readonly Lazy<HttpClient> Outside = new(() => CreateOutside(acceptsAnyCertificate: false));
    private static readonly Lazy<HttpClient> OutsideUnchecked = new(() => CreateOutside(acceptsAnyCertificate: true));

    private readonly ControlEndpoint _endpoint;
    private readonly X25519PrivateKey _machineKey;
    private readonly NodeTraffic _traffic;
    private readonly SemaphoreSlim _dialing = new(1);
    private ControlChannel? _channel;
    private MachinePublicKey _serverKey;

    /// <param name="endpoint">The server.</param>
    /// <param name="machineKey">Borrowed.</param>
    /// <param name="traffic">Where everything is counted.</param>
    public ControlClient(ControlEndpoint endpoint, X25519PrivateKey machineKey, NodeTraffic traffic)
    {
        _endpoint = endpoint;
        _machineKey = machineKey;
        _traffic = traffic;
    }

    /// <summary>The channel in use, if there is one.</summary>
    public ControlChannel? Channel => Volatile.Read(ref _channel);

    /// <summary>Asks for the server's key. The first answer stays in use, as in a stock client.</summary>
    public async Task<MachinePublicKey> GetServerKeyAsync(CancellationToken cancellationToken)
    {
        var url = new Uri(_endpoint.Url, $"/key?v={_endpoint.Version}");
        using var response = await SendOutsideAsync(new HttpRequestMessage(HttpMethod.Get, url), cancellationToken);
        var body = await ReadAsync(response, cancellationToken);
        var keys = ControlJson.Parse<ServerKeyResponse>(body);
        if (keys.PublicKey.IsZero)
        {
            throw new ControlException("control server is too old; no noise key");
        }

        if (_serverKey.IsZero)
        {
            _serverKey = keys.PublicKey;
        }

        return keys.PublicKey;
    }

    /// <summary>Sends a request beside the channel, over plain HTTP or ordinary TLS.</summary>
    public Task<HttpResponseMessage> SendOutsideAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        (_endpoint.AcceptsAnyCertificate ? OutsideUnchecked : Outside).Value.SendAsync(request, cancellationToken);

    /// <summary>Registers, with nothing but what the request says.</summary>
    /// <exception cref="ControlException">The status was not 200.</exception>
    public async Task<RegisterResponse> RegisterAsync(RegisterRequest request, CancellationToken cancellationToken)
    {
        using var message = Post("/machine/register", ControlJson.SerializeToUtf8Bytes(request), request.OldNodeKey, request.NodeKey);
        using var response = await SendAsync(message, cancellationToken);
        return ControlJson.Parse<RegisterResponse>(await ReadAsync(response, cancellationToken));
    }

    /// <summary>Sends a map request and reads the answer to its end: nothing for an update, one frame for a fetch.</summary>
    /// <exception cref="ControlException">The status was not 200.</exception>
    public async Task<byte[]> PostMapAsync(MapRequest request, CancellationToken cancellationToken)
    {
        using var message = Post("/machine/map", ControlJson.SerializeToUtf8Bytes(request), default, request.NodeKey);
        using var response = await SendAsync(message, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Opens a map stream and waits for the head of the answer.</summary>
    /// <returns>The answer, which the caller disposes.</returns>
    /// <exception cref="ControlException">The status was not 200.</exception>
    public async Task<HttpResponseMessage> OpenMapAsync(MapRequest request, CancellationToken cancellationToken)
    {
        using var message = Post("/machine/map", ControlJson.SerializeToUtf8Bytes(request), default, request.NodeKey);
        var response = await SendAsync(message, cancellationToken);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return response;
        }

        using (response)
        {
            throw new ControlException(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }
    }

    /// <summary>Sends any request inside the channel.</summary>
    /// <param name="method">Such as <c>GET</c>.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="body">Null for none.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        using var request = CreateRequest(method, path, body);
        return await SendAsync(request, cancellationToken);
    }

    /// <summary>The channel, opened if need be.</summary>
    public async Task<ControlChannel> GetChannelAsync(CancellationToken cancellationToken)
    {
        if (Channel is { IsBroken: false } open)
        {
            return open;
        }

        await _dialing.WaitAsync(cancellationToken);
        try
        {
            if (Channel is { IsBroken: false } opened)
            {
                return opened;
            }

            await CloseChannelAsync();
            if (_serverKey.IsZero)
            {
                await GetServerKeyAsync(cancellationToken);
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(DialTimeout);
            var stream = await ControlDialer.OpenAsync(_endpoint, _machineKey, _serverKey, _traffic.Bytes, limit.Token);
            _traffic.AddChannel();
            var channel = new ControlChannel(stream);
            Volatile.Write(ref _channel, channel);
            return channel;
        }
        finally
        {
            _dialing.Release();
        }
    }

    /// <summary>Closes the channel; the next request opens another one.</summary>
    public async Task CloseAsync()
    {
        await _dialing.WaitAsync();
        try
        {
            await CloseChannelAsync();
        }
        finally
        {
            _dialing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _dialing.Dispose();
    }

    private static HttpClient CreateOutside(bool acceptsAnyCertificate) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        SslOptions = { RemoteCertificateValidationCallback = acceptsAnyCertificate ? CertificateChecks.AcceptAny : null },
    });

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.StatusCode == HttpStatusCode.OK
            ? body
            : throw new ControlException(response.StatusCode, Encoding.UTF8.GetString(body));
    }

    private HttpRequestMessage Post(string path, byte[] body, NodePublicKey oldKey, NodePublicKey key)
    {
        var request = CreateRequest(HttpMethod.Post, path, body);
        var keys = oldKey.IsZero ? [key.ToString()] : new[] { oldKey.ToString(), key.ToString() };
        request.Headers.TryAddWithoutValidation(LoadBalancerHeader, keys);
        return request;
    }

    private HttpRequestMessage CreateRequest(HttpMethod method, string path, byte[]? body)
    {
        // Inside the channel every request says https, whatever is around the channel.
        var url = new UriBuilder(Uri.UriSchemeHttps, _endpoint.Url.Host, _endpoint.Url.Port).Uri;
        var request = new HttpRequestMessage(method, new Uri(url, path));
        request.Headers.UserAgent.Add(ProductInfoHeaderValue.Parse(Agent));
        if (body is not null)
        {
            // Without a content type, like stock clients.
            request.Content = new ByteArrayContent(body);
        }

        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var channel = await GetChannelAsync(cancellationToken);
        _traffic.AddRequest();
        return await channel.SendAsync(request, cancellationToken);
    }

    private async Task CloseChannelAsync()
    {
        var channel = Interlocked.Exchange(ref _channel, null);
        if (channel is not null)
        {
            await channel.DisposeAsync();
        }
    }
}
