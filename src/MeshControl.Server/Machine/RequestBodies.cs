using System.Text.Json;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Options;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Machine;

/// <summary>
/// Reads and parses the bodies of requests in channels. A body is kept until it is whole, and anybody may open channels: so each has a
/// length, a time, and a share of what all may keep together. Answers itself when it cannot.
/// </summary>
internal sealed class RequestBodies(LimitOptions limits, TimeProvider time)
{
    /// <summary>Longest body. A Hostinfo has some kilobytes; nothing a client sends comes near this.</summary>
    public const int MaxLength = 1024 * 1024;

    /// <summary>
    /// Bytes of all bodies that are not whole yet. Ten thousand requests of some kilobytes fit, each of which arrives within a round trip.
    /// </summary>
    public const long MaxUnfinished = 64L * 1024 * 1024;

    /// <summary>What a request costs whose body has not begun to arrive: its stream and its tasks, about.</summary>
    public const long BaseCost = 4 * 1024;

    private readonly Lock _gate = new();
    private readonly LinkedList<UnfinishedBody> _unfinished = new();
    private long _bytes;

    /// <summary>Bytes that bodies hold which are not whole yet, each with <see cref="BaseCost"/>.</summary>
    public long UnfinishedBytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Reads a body, whatever its content type.</summary>
    /// <returns>Null when the request has been answered.</returns>
    public async Task<T?> ReadAsync<T>(HttpContext context)
        where T : class, IControlMessage
    {
        using var late = new CancellationTokenSource(limits.RequestTimeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        var body = Begin(end);
        try
        {
            return await ReadBodyAsync<T>(context, body, end.Token);
        }
        catch (BadHttpRequestException exception)
        {
            // The web server counts too, and is the first to do so where no length was announced.
            await (exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? TooLongAsync(context)
                : HttpText.WriteAsync(context, exception.StatusCode, $"bad request: {exception.Message}"));
            return null;
        }
        catch (OperationCanceledException) when (body.IsEvicted)
        {
            await HttpText.WriteAsync(
                context, StatusCodes.Status503ServiceUnavailable, "the server is busy with other requests; try again in some seconds");
            return null;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            await HttpText.WriteAsync(
                context, StatusCodes.Status408RequestTimeout, $"the request body took longer than {limits.RequestTimeout.TotalSeconds} seconds");
            return null;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Only a client that left can be the cause, though the request's token may tell later.
            context.Abort();
            return null;
        }
        finally
        {
            End(body);
        }
    }

    /// <summary>A body begins to arrive.</summary>
    /// <param name="end">Cancelled when the body has to give way.</param>
    public UnfinishedBody Begin(CancellationTokenSource end)
    {
        var body = new UnfinishedBody(end);
        lock (_gate)
        {
            body.Place = _unfinished.AddLast(body);
        }

        Grow(body, 0);
        return body;
    }

    /// <summary>More of a body has arrived. When that is too much in all, the oldest give way: honest ones are not among them for long.</summary>
    public void Grow(UnfinishedBody body, long length)
    {
        List<UnfinishedBody>? evicted = null;
        lock (_gate)
        {
            if (body.Place is null)
            {
                return;
            }

            _bytes += BaseCost + length - body.Length;
            body.Length = BaseCost + length;
            while (_bytes > MaxUnfinished && _unfinished.First is { } oldest)
            {
                Withdraw(oldest.Value);
                (evicted ??= []).Add(oldest.Value);
            }
        }

        evicted?.ForEach(static other => other.Evict());
    }

    public void End(UnfinishedBody body)
    {
        lock (_gate)
        {
            Withdraw(body);
        }
    }

    private static Task TooLongAsync(HttpContext context) => HttpText.WriteAsync(
        context, StatusCodes.Status413PayloadTooLarge, $"the request body is longer than {MaxLength} bytes");

    private void Withdraw(UnfinishedBody body)
    {
        if (body.Place is { } place)
        {
            _unfinished.Remove(place);
            body.Place = null;
            _bytes -= body.Length;
        }
    }

    private async Task<T?> ReadBodyAsync<T>(HttpContext context, UnfinishedBody unfinished, CancellationToken cancellationToken)
        where T : class, IControlMessage
    {
        if (context.Request.ContentLength > MaxLength)
        {
            await TooLongAsync(context);
            return null;
        }

        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            if (read.Buffer.Length > MaxLength)
            {
                body.AdvanceTo(read.Buffer.End);
                await TooLongAsync(context);
                return null;
            }

            if (!read.IsCompleted)
            {
                Grow(unfinished, read.Buffer.Length);
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            try
            {
                return ControlJson.Parse<T>(read.Buffer);
            }
            catch (JsonException exception)
            {
                await HttpText.WriteAsync(context, StatusCodes.Status400BadRequest, $"bad request: {exception.Message}");
                return null;
            }
            finally
            {
                body.AdvanceTo(read.Buffer.End);
            }
        }
    }
}
