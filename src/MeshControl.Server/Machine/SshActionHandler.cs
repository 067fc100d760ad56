using System.Globalization;
using MeshControl.Core.Model;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Tailnets;
using MeshControl.Derp.Diagnostics;
using MeshControl.Policy.Ssh;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Listeners;
using MeshControl.Server.Noise;
using MeshControl.Server.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Machine;

/// <summary>
/// <c>GET /machine/ssh/action/SOURCE/to/DESTINATION?local_user=USER</c>: a destination asks whether to let somebody in, and again with
/// <c>auth_id</c> when it was told to wait for a check. To refuse is an action, too: after any status but 200 the client asks again.
/// </summary>
internal sealed class SshActionHandler(ControlPlane controlPlane, ServerOptions configuration, TimeProvider time, ILogger<SshActionHandler> logger)
{
    /// <summary>Whoever may log in somewhere after a check can ask as often as they like.</summary>
    private const int MaxLinesPerMinute = 60;

    private readonly LogThrottle _lines = new(time, MaxLinesPerMinute);
    private readonly string _next = $"{ChannelUrl.OriginOf(configuration.ServerUrl)}{SshCheckUrl.Template}&{SshCheckUrl.AuthId}=";

    public async Task HandleAsync(HttpContext context, INoisePeer peer, MachineRequest asked)
    {
        var query = context.Request.Query;
        var (user, authId) = (query[SshCheckUrl.User].ToString(), query[SshCheckUrl.AuthId].ToString());
        asked.Kind = authId.Length > 0 ? MachineRequestKind.SshActionWait : MachineRequestKind.SshAction;
        if (user.Length is 0 or > SshCheckService.MaxUserLength)
        {
            await HttpText.WriteAsync(context, StatusCodes.Status400BadRequest, $"{SshCheckUrl.User} is empty or too long");
            return;
        }

        // Only the destination itself may ask: anybody else would learn who may log in there, and could wait in its place.
        if (!TryReadPath(context.Request.Path.Value!, out var source, out var destination)
            || controlPlane.FindNode(destination, peer.MachineKey) is not { } found)
        {
            await HttpText.WriteAsync(context, StatusCodes.Status404NotFound, "node not found");
            return;
        }

        if (context.Features.Get<ConnectionTicket>()?.Prove(peer.MachineKey) == false)
        {
            await HttpText.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "this machine has too many connections open");
            return;
        }

        var answer = await controlPlane.SshChecks.AskAsync(found.Tailnet, destination, source, user, authId, context.RequestAborted);
        if (ActionOf(answer) is { } action)
        {
            if (answer.Check is { } check)
            {
                LogAsked(check);
            }

            await MachineEndpoints.WriteAsync(context, action);
        }
        else
        {
            await HttpText.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "nobody has decided yet; ask again");
        }
    }

    private static bool TryReadPath(string path, out NodeId source, out NodeId destination)
    {
        var ids = path[SshCheckUrl.Prefix.Length..].Split(SshCheckUrl.Between);
        var (from, to) = (0L, 0L);
        var isRead = ids.Length == 2
            && long.TryParse(ids[0], NumberStyles.None, CultureInfo.InvariantCulture, out from)
            && long.TryParse(ids[1], NumberStyles.None, CultureInfo.InvariantCulture, out to);
        (source, destination) = (new NodeId(from), new NodeId(to));
        return isRead;
    }

    /// <summary>Null: nothing was decided, and the client is to ask again.</summary>
    private SshAction? ActionOf(SshAnswer answer) => answer switch
    {
        { Accept: { } accept } => accept,
        { Reject: { } reason } => new SshAction { Reject = true, Message = $"# {reason}\r\n" },
        { Check: { } check } => new SshAction
        {
            Message = $"# This login needs a check. To have it approved, open\r\n#   {SshCheckPage.UrlOf(configuration.ServerUrl, check.Id)}\r\n"
                + $"# or ask an administrator to run\r\n#   meshctl auth approve --auth-id {check.Id}\r\n",
            HoldAndDelegate = _next + check.Id,
        },
        _ => null,
    };

    private void LogAsked(SshCheck check)
    {
        if (_lines.TryPass(out _))
        {
            Log.SshCheckBegun(logger, check.Login.Source.Value, check.Login.Destination.Value, ClientText.Show(check.Login.User));
        }
    }
}
