using MeshControl.Policy.Ssh;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Listeners;
using MeshControl.Server.Noise;
using MeshControl.Server.Polling;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Machine;

/// <summary>
/// Everything inside a channel: finds the handler by path, reads bodies, and answers what is unknown at once, with a status and
/// one sentence, because clients print that.
/// </summary>
internal sealed class MachineEndpoints(
    RegisterHandler register, MapHandler map, SshActionHandler ssh, NodePings pings, RequestBodies bodies, ServerMetrics metrics, ILogger<MachineEndpoints> logger)
{
    /// <summary>Handles a request whose connection is a channel.</summary>
    public async Task HandleAsync(HttpContext context, INoisePeer peer)
    {
        context.Features.Get<ConnectionTicket>()?.RequestArrived();
        var asked = new MachineRequest();
        var started = metrics.Start();
        try
        {
            await RouteAsync(context, peer, asked);
            Count(asked, started, context.Response.StatusCode);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody to answer.
        }
        catch (IOException) when (context.RequestAborted.IsCancellationRequested)
        {
            // As above.
        }
        catch (Exception exception)
        {
            Log.RequestFailed(logger, context.Request.Path, exception);
            Count(asked, started, StatusCodes.Status500InternalServerError);
            if (context.Response.HasStarted)
            {
                context.Abort();
            }
            else
            {
                await HttpText.WriteAsync(context, StatusCodes.Status500InternalServerError, "internal error");
            }
        }
    }

    /// <summary>Answers with one message as JSON.</summary>
    public static async Task WriteAsync<T>(HttpContext context, T message)
        where T : class, IControlMessage
    {
        context.Response.ContentType = "application/json";
        ControlJson.Serialize(context.Response.BodyWriter, message);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private void Count(MachineRequest asked, long started, int status)
    {
        metrics.RequestAnswered(ListenerKind.Channel, status);
        metrics.Machine.Answered(asked.Kind, metrics.Since(started), status);
    }

    private async Task RouteAsync(HttpContext context, INoisePeer peer, MachineRequest asked)
    {
        var method = context.Request.Method;
        switch (context.Request.Path.Value)
        {
            case "/machine/register" when HttpMethods.IsPost(method):
                asked.Kind = MachineRequestKind.Register;
                await register.HandleAsync(context, peer, asked);
                break;
            case "/machine/map" when HttpMethods.IsPost(method):
                asked.Kind = MachineRequestKind.Map;
                await map.HandleAsync(context, peer, asked);
                break;
            case "/machine/update-health" when HttpMethods.IsPost(method):
                asked.Kind = MachineRequestKind.UpdateHealth;
                await UpdateHealthAsync(context, peer);
                break;
            case NodePings.Path:
                asked.Kind = MachineRequestKind.Ping;
                await AnswerPingAsync(context, peer);
                break;
            case { } path when path.StartsWith(SshCheckUrl.Prefix, StringComparison.Ordinal) && HttpMethods.IsGet(method):
                await ssh.HandleAsync(context, peer, asked);
                break;
            case "/machine/whoami":
                asked.Kind = MachineRequestKind.WhoAmI;
                await HttpText.WriteAsync(context, StatusCodes.Status200OK, peer.MachineKey.ToString());
                break;
            case "/machine/set-dns" or "/machine/id-token" or "/machine/audit-log" or "/machine/set-device-attr"
                or "/machine/feature/query":
                await HttpText.WriteAsync(
                    context, StatusCodes.Status501NotImplemented, $"{context.Request.Path} is not offered by this server");
                break;
            default:
                await HttpText.WriteAsync(
                    context, StatusCodes.Status404NotFound, $"there is no {method} {ClientText.Shorten(context.Request.Path)} on this server");
                break;
        }
    }

    private Task AnswerPingAsync(HttpContext context, INoisePeer peer)
    {
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Head;
            return HttpText.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "a ping is answered by HEAD");
        }

        // Clients do not look at the status; one that was away answers pings that nobody waits for any more.
        var known = pings.TryAnswer(context.Request.Query["id"].ToString(), peer.MachineKey);
        context.Response.StatusCode = known ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>Only clients up to 1.88 send it, and look at no answer. The node key in it is claimed; the machine's is proved.</summary>
    private async Task UpdateHealthAsync(HttpContext context, INoisePeer peer)
    {
        if (await bodies.ReadAsync<UpdateHealthRequest>(context) is { } request && !string.IsNullOrEmpty(request.Error))
        {
            Log.ClientUnhealthy(logger, KeyText.FormatShort(peer.MachineKey), ClientText.Shorten(request.Subsys), ClientText.Shorten(request.Error));
        }
    }
}
