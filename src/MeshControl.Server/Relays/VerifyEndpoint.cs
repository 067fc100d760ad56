using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MeshControl.Core.Nodes;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MeshControl.Server.Relays;

/// <summary>
/// <c>POST /verify</c>: relays of others ask whether a key is a node's, before they let its owner in. Every question that can be read has an
/// answer of the same form, and nothing tells an unknown key from an expired one.
/// </summary>
internal sealed class VerifyEndpoint(DerpVerifyOptions options, RelayAccess access, LimitOptions limits, TimeProvider time)
{
    public const string Path = "/verify";

    /// <summary>Bytes of a question, which has 150.</summary>
    public const int MaxLength = 4 * 1024;

    private const string Secret = "secret";

    /// <summary>Questions of one source at once: the clients of a relay that starts again.</summary>
    public const int MaxAtOnce = 2_000;

    /// <summary>Questions a second after that: relays ask once per client that connects, and more is somebody who goes through a list.</summary>
    public const int MaxPerSecond = 50;

    private readonly SourcePace _pace = new(MaxAtOnce, MaxPerSecond, time);

    /// <summary>A hash, so that a comparison takes the same time whatever is compared.</summary>
    private readonly byte[]? _secret = options.Secret is { } secret ? Hash(secret.Reveal()) : null;

    /// <summary>Where anybody may ask, there is a limit to how often.</summary>
    private bool IsOpen => _secret is null && options.Sources.Count == 0;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(_secret is null ? Path : $"{Path}/{{{Secret}}}", (RequestDelegate)AnswerAsync);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static NodePublicKey? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return NodePublicKey.TryParse(JsonSerializer.Deserialize(body, VerifyJson.Default.VerifyRequest)?.NodePublic, out var key) ? key : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var source = context.Connection.RemoteIpAddress;
        if (_secret is not null && !CryptographicOperations.FixedTimeEquals(_secret, Hash(context.Request.RouteValues[Secret]?.ToString() ?? "")))
        {
            await HttpText.WriteAsync(context, StatusCodes.Status404NotFound, "there is nothing here");
            return;
        }

        if (options.Sources.Count > 0 && (source is null || !options.Sources.Any(network => network.Contains(source))))
        {
            await HttpText.WriteAsync(context, StatusCodes.Status403Forbidden, "this address is none of the relays that may ask (derp.verify.sources)");
            return;
        }

        if (IsOpen && (source is null || !_pace.TryPass(source)))
        {
            await HttpText.WriteAsync(context, StatusCodes.Status429TooManyRequests, "too many questions from this address");
            return;
        }

        if (await ReadAsync(context) is not { } body)
        {
            return;
        }

        if (Parse(body.Span) is not { } key)
        {
            await HttpText.WriteAsync(
                context, StatusCodes.Status400BadRequest, "the body has to be JSON with NodePublic, such as {\"NodePublic\":\"nodekey:...\"}");
            return;
        }

        await HttpText.WriteJsonAsync(context, "application/json", access.MayEnter(key) ? "{\"Allow\":true}" : "{\"Allow\":false}");
    }

    /// <returns>Null when the request has been answered.</returns>
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context)
    {
        using var late = new CancellationTokenSource(limits.RequestTimeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        var buffer = new byte[MaxLength + 1];
        try
        {
            if (context.Request.ContentLength is null or <= MaxLength)
            {
                var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, end.Token);
                if (length <= MaxLength)
                {
                    return buffer.AsMemory(0, length);
                }
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            await HttpText.WriteAsync(context, StatusCodes.Status408RequestTimeout, "the body did not arrive in time");
            return null;
        }

        // What is left of the body is not worth reading.
        context.Response.Headers.Connection = "close";
        await HttpText.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, $"the body is longer than {MaxLength} bytes");
        return null;
    }
}
