using System.Diagnostics.CodeAnalysis;
using MeshControl.Admin.Grpc;
using MeshControl.Core.ApiKeys;
using MeshControl.Core.Tailnets;
using MeshControl.Derp.Diagnostics;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Listeners;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Admin;

/// <summary>
/// Who may call the admin API: whoever the file system lets connect to the Unix socket, and over the network whoever has an API key. The
/// endpoints exist on every listener of the server, so each call is checked for where it came in.
/// </summary>
internal sealed class AdminAccess(Tailnet tailnet, TimeProvider time, ILogger<AdminAccess> logger)
{
    private const string Scheme = "Bearer ";

    // The same whatever is wrong: who has no key learns nothing about those that there are.
    private static readonly RpcStatus Unauthorized =
        new(RpcStatusCode.Unauthenticated, "Unauthorized: this needs a valid API key as bearer token.");

    private readonly LogThrottle _refusals = new(time, RemoteLimits.RefusalLinesPerMinute);
    private int _calls;

    /// <summary>
    /// Middleware: the listener for administrators answers nothing but the API, so that opening it to some opens no page of the public
    /// listener.
    /// </summary>
    public static Task KeepToTheApi(HttpContext http, RequestDelegate next) =>
        ListenerMark.Of(http) != ListenerKind.RemoteAdmin
            || (HttpMethods.IsPost(http.Request.Method) && RpcHeaders.IsGrpc(http.Request.ContentType))
            ? next(http)
            : HttpText.WriteAsync(http, StatusCodes.Status404NotFound, "there is nothing here for browsers: this is the gRPC port for meshctl");

    /// <returns>Null when the call may go on.</returns>
    public RpcStatus? Check(HttpContext http) => ListenerMark.Of(http) switch
    {
        ListenerKind.AdminSocket => AdmitLocal(http),
        ListenerKind.RemoteAdmin => CheckKey(http) ?? Admit(http),
        _ => RpcStatus.PermissionDenied("The admin API does not answer here, but on the server's Unix socket and on grpc_listen_addr."),
    };

    private static RpcStatus? AdmitLocal(HttpContext http)
    {
        http.Features.Set(AdminCaller.OfSocket(http));
        return null;
    }

    private RpcStatus? CheckKey(HttpContext http)
    {
        if (!TryReadKey(http, out var key))
        {
            Refuse(http, "it came without a bearer token");
            return Unauthorized;
        }

        if (!ApiKeyLookup.Admits(tailnet.Snapshot, key, time.GetUtcNow()))
        {
            Refuse(http, "its API key is unknown or has expired");
            return Unauthorized;
        }

        http.Features.Set(AdminCaller.OfKey(key));
        http.Features.Get<ConnectionLimit.Slot>()?.Keep();
        return null;
    }

    /// <summary>After the key, so that nobody without one takes a place.</summary>
    private RpcStatus? Admit(HttpContext http)
    {
        if (Interlocked.Increment(ref _calls) > RemoteLimits.MaxCalls)
        {
            Interlocked.Decrement(ref _calls);
            return new RpcStatus(
                RpcStatusCode.ResourceExhausted, $"{RemoteLimits.MaxCalls} calls over the network are in progress; try again later.");
        }

        http.Response.OnCompleted(() =>
        {
            Interlocked.Decrement(ref _calls);
            return Task.CompletedTask;
        });
        return null;
    }

    private static bool TryReadKey(HttpContext http, [NotNullWhen(true)] out string? key)
    {
        key = http.Request.Headers.Authorization is [{ } value] && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value[Scheme.Length..].Trim()
            : null;
        return !string.IsNullOrEmpty(key);
    }

    /// <summary>Never with the key: what is wrong by one character may be right elsewhere.</summary>
    private void Refuse(HttpContext http, string reason)
    {
        if (_refusals.TryPass(out var omitted))
        {
            Log.RemoteCallRefused(logger, http.Connection.RemoteIpAddress?.ToString() ?? "?", reason, omitted);
        }
    }
}
