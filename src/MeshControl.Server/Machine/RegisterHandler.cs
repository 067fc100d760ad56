using System.Globalization;
using MeshControl.Core.Maps;
using MeshControl.Core.Registration;
using MeshControl.Derp.Diagnostics;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Listeners;
using MeshControl.Server.Noise;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Machine;

/// <summary>
/// <c>POST /machine/register</c>. Whatever a person must read is an <c>Error</c> in a 200: any other status shows only in the
/// client's log.
/// </summary>
internal sealed class RegisterHandler(
    RegistrationService registration, RequestBodies bodies, TimeProvider time, ILogger<RegisterHandler> logger)
{
    /// <summary>Whoever reaches the server can be refused as often as they like. A person who looks for one machine finds it in these.</summary>
    private const int MaxLinesPerMinute = 60;

    private const string BrowserNeeded =
        "this server lets machines in by auth key only: run `meshctl preauthkeys create --user NAME` on the server, "
        + "then `tailscale up --login-server=… --auth-key=KEY`";

    private readonly LogThrottle _lines = new(time, MaxLinesPerMinute);

    public async Task HandleAsync(HttpContext context, INoisePeer peer)
    {
        if (await bodies.ReadAsync<RegisterRequest>(context) is not { } request)
        {
            return;
        }

        await MachineEndpoints.WriteAsync(context, await AnswerAsync(context, request, peer));
    }

    private async Task<RegisterResponse> AnswerAsync(HttpContext context, RegisterRequest request, INoisePeer peer)
    {
        var address = HttpText.AddressOf(context);
        if (!CapabilityVersions.IsSupported(request.Version))
        {
            var release = CapabilityVersions.ReleaseOf(request.Version);
            var running = release is null ? "" : string.Create(CultureInfo.InvariantCulture, $" (this is {release})");
            return Refuse(peer, address, CapabilityVersions.DescribeMinimum + running);
        }

        var result = await registration.RegisterAsync(peer.MachineKey, request, context.RequestAborted);
        if (result.Entry is not null)
        {
            context.Features.Get<ConnectionTicket>()?.Prove(peer.MachineKey);
        }

        switch (result.Outcome)
        {
            case RegistrationOutcome.Authorized:
                Log.NodeRegistered(logger, result.Entry!.Id.Value, result.Entry.Node.GivenName, address);
                return WithOwner(result, new RegisterResponse { MachineAuthorized = true });
            case RegistrationOutcome.KeyExpired or RegistrationOutcome.LoggedOut:
                return WithOwner(result, new RegisterResponse { NodeKeyExpired = true });
            case RegistrationOutcome.NeedsLogin:
                return Refuse(peer, address, BrowserNeeded);
            default:
                return Refuse(peer, address, result.Message);
        }
    }

    private static RegisterResponse WithOwner(RegistrationResult result, RegisterResponse response)
    {
        if (result is not { Snapshot: { } snapshot, Entry: { } entry })
        {
            return response;
        }

        // A client forgets its login at the next start if either the id or the name is missing.
        var profile = UserProfiles.OfOwner(snapshot, entry.Node);
        return response with
        {
            User = new WireUser { Id = profile.Id, DisplayName = profile.DisplayName, ProfilePicUrl = profile.ProfilePicUrl },
            Login = new WireLogin
            {
                Id = profile.Id,
                LoginName = profile.LoginName,
                DisplayName = profile.DisplayName,
                ProfilePicUrl = profile.ProfilePicUrl,
            },
        };
    }

    private RegisterResponse Refuse(INoisePeer peer, string address, string reason)
    {
        if (_lines.TryPass(out var more))
        {
            Log.RegistrationRefused(logger, KeyText.FormatShort(peer.MachineKey), address, reason);
            if (more > 0)
            {
                Log.RefusalsLeftOut(logger, more);
            }
        }

        return new RegisterResponse { Error = reason };
    }
}
