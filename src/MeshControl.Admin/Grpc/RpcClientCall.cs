using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace MeshControl.Admin.Grpc;

/// <summary>
/// One call from the client's side: sends the request, then reads messages until the status. Every way to fail becomes a status here.
/// </summary>
internal sealed class RpcClientCall : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly RpcCallOptions _options;
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _either;

    private HttpRequestMessage? _request;
    private HttpResponseMessage? _response;

    // Null when the headers were all there is.
    private MessageReader? _reader;

    public RpcClientCall(HttpMessageInvoker invoker, RpcCallOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        _invoker = invoker;
        _options = options;
        _callerToken = cancellationToken;
        _deadline = options.Timeout is { } timeout
            ? new CancellationTokenSource(timeout < CallTimeout.Longest ? timeout : CallTimeout.Longest, time)
            : new CancellationTokenSource();
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _deadline.Token);
    }

    public async Task SendAsync(Uri uri, IMessage message)
    {
        _request = BuildRequest(uri, message);
        try
        {
            _response = await _invoker.SendAsync(_request, _either.Token);
            _options.OnHeaders?.Invoke(Received(_response.Headers));
            if (EndsWithHeaders(_response))
            {
                return;
            }

            _reader = new MessageReader(PipeReader.Create(await _response.Content.ReadAsStreamAsync(_either.Token)));
        }
        catch (Exception exception) when (Translate(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <returns>Null after the last message of a call that ended well.</returns>
    public async Task<T?> ReadAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        if (_reader is null)
        {
            return null;
        }

        ReceivedMessage<T> received;
        try
        {
            received = await _reader.ReadAsync(parser, _either.Token);
        }
        catch (Exception exception) when (Translate(exception) is { } failure)
        {
            throw failure;
        }

        if (received.Failure is { } unreadable)
        {
            throw new RpcException(unreadable);
        }

        if (received.IsEnd)
        {
            Finish(_response!);
        }

        return received.Message;
    }

    public void Dispose()
    {
        _response?.Dispose();
        _request?.Dispose();
        _either.Dispose();
        _deadline.Dispose();
    }

    private HttpRequestMessage BuildRequest(Uri uri, IMessage message)
    {
        var body = new ArrayBufferWriter<byte>(MessageFrame.PrefixLength + message.CalculateSize());
        MessageFrame.Write(body, message);
        var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ReadOnlyMemoryContent(body.WrittenMemory),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(RpcHeaders.ContentType);
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue(RpcHeaders.Trailers));
        if (_options.Timeout is { } timeout)
        {
            request.Headers.TryAddWithoutValidation(RpcHeaders.Timeout, CallTimeout.Encode(timeout));
        }

        foreach (var (name, value) in _options.Metadata ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>
    /// A status among the headers ends the call before any message ("trailers only"); otherwise this must be a gRPC answer.
    /// </summary>
    private static bool EndsWithHeaders(HttpResponseMessage response)
    {
        if (ReadStatus(response.Headers) is { } status)
        {
            return status.Code == RpcStatusCode.Ok ? true : throw new RpcException(status, Received(response.Headers));
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            var number = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            throw new RpcException(
                new(HttpErrors.ToStatusCode(response.StatusCode), $"The server answered HTTP {number} instead of a gRPC response."));
        }

        if (!RpcHeaders.IsGrpc(response.Content.Headers.ContentType?.ToString()))
        {
            throw new RpcException(new(RpcStatusCode.Unknown, "The answer is not a gRPC response."));
        }

        return false;
    }

    private void Finish(HttpResponseMessage response)
    {
        var status = ReadStatus(response.TrailingHeaders)
            ?? throw new RpcException(new(RpcStatusCode.Unknown, "The response ended without a status."));
        var trailers = Received(response.TrailingHeaders);
        if (status.Code != RpcStatusCode.Ok)
        {
            throw new RpcException(status, trailers);
        }

        _options.OnTrailers?.Invoke(trailers);
    }

    /// <returns>Null when the exception is none of the expected ones, or the caller's own cancellation.</returns>
    private RpcException? Translate(Exception exception)
    {
        switch (exception)
        {
            case OperationCanceledException or HttpRequestException or IOException when _callerToken.IsCancellationRequested:
                return null;
            case OperationCanceledException or HttpRequestException or IOException when _deadline.IsCancellationRequested:
                return new RpcException(new(RpcStatusCode.DeadlineExceeded, "The server did not answer in time."), inner: exception);
            case HttpRequestException or IOException:
                return FindReset(exception) is { } reset
                    ? new RpcException(new(HttpErrors.ToStatusCode(reset.ErrorCode), "The server broke off the call."), inner: exception)
                    : new RpcException(RpcStatus.Unavailable((exception.InnerException ?? exception).Message), inner: exception);
            default:
                return null;
        }
    }

    private static HttpProtocolException? FindReset(Exception? exception)
    {
        while (exception is not (null or HttpProtocolException))
        {
            exception = exception.InnerException;
        }

        return exception as HttpProtocolException;
    }

    private static RpcStatus? ReadStatus(HttpResponseHeaders headers) =>
        StatusTrailers.Read(name => headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null);

    private static RpcMetadata Received(HttpResponseHeaders headers)
    {
        var metadata = new RpcMetadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                metadata.AddReceived(name, value);
            }
        }

        return metadata;
    }
}
