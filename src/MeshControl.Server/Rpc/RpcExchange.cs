using System.Collections.Immutable;
using Google.Protobuf;
using MeshControl.Admin.Grpc;
using MeshControl.Server.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace MeshControl.Server.Rpc;

/// <summary>One call on the wire, from the server's side. Used by one flow at a time: handlers never touch it.</summary>
internal sealed class RpcExchange
{
    private readonly HttpContext _http;
    private readonly MessageReader _reader;

    public RpcExchange(HttpContext http)
    {
        _http = http;
        _reader = new MessageReader(http.Request.BodyReader, RpcLimits.MaxRequestLength);
        Call = new RpcCall(ReadMetadata(http.Request.Headers), () => AdminCaller.NameOf(http));

        // The framing has its own limit, which answers with a status instead of breaking the stream.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        http.Response.ContentType = RpcHeaders.ContentType;
        http.Response.Headers[RpcHeaders.AcceptEncoding] = RpcHeaders.Identity;
    }

    public RpcCall Call { get; }

    /// <summary>The caller may be silent between its messages for as long as the call may last.</summary>
    public void AllowSilence()
    {
        if (_http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    /// <summary>The caller took the call back while its request was read; the token that says so may be a moment late.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>Waits, once the status is out, for what a handler still has to finish.</summary>
    public Func<Task>? AfterStatus { get; set; }

    /// <summary>The next message of a request that may have several.</summary>
    public async ValueTask<ReceivedMessage<T>> ReadMessageAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        try
        {
            return await _reader.ReadAsync(parser, cancellationToken);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            IsAbandoned = true;
            throw;
        }
    }

    /// <summary>The only message of a request, which must end behind it.</summary>
    public async Task<ReceivedMessage<T>> ReadOnlyMessageAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        var first = await ReadMessageAsync(parser, cancellationToken);
        if (first.Failure is not null)
        {
            return first;
        }

        if (first.IsEnd)
        {
            return new(null, RpcStatus.Unimplemented("The method takes one request message; there was none."));
        }

        var second = await ReadMessageAsync(parser, cancellationToken);
        return second.IsEnd ? first : new(null, RpcStatus.Unimplemented("The method takes one request message; there were more."));
    }

    public async Task WriteAsync(IMessage message, CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken);
        MessageFrame.Write(_http.Response.BodyWriter, message);
        await _http.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <summary>
    /// Sends the status as trailers, or among the headers when nothing was sent before ("trailers only"), and ends the response.
    /// </summary>
    public async Task FinishAsync(RpcStatus status)
    {
        if (status.Code == RpcStatusCode.Ok)
        {
            // A stream without messages: "trailers only" is meant for errors.
            await StartAsync(CancellationToken.None);
        }

        ImmutableArray<KeyValuePair<string, string>> trailers = [.. StatusTrailers.Write(status), .. Call.Trailers];
        foreach (var (name, value) in trailers)
        {
            if (_http.Response.HasStarted)
            {
                _http.Response.AppendTrailer(name, value);
            }
            else
            {
                _http.Response.Headers.Append(name, value);
            }
        }

        await _http.Response.CompleteAsync();
    }

    private async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (_http.Response.HasStarted)
        {
            return;
        }

        foreach (var (name, value) in Call.Headers)
        {
            _http.Response.Headers.Append(name, value);
        }

        await _http.Response.StartAsync(cancellationToken);
    }

    private static RpcMetadata ReadMetadata(IHeaderDictionary headers)
    {
        var metadata = new RpcMetadata();
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                metadata.AddReceived(name, value ?? "");
            }
        }

        return metadata;
    }
}
