using System.Globalization;
using System.Net;
using MeshControl.Core.Maps;
using MeshControl.Core.Registration;
using MeshControl.Derp.Diagnostics;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Listeners;
using MeshControl.Server.Noise;
using MeshControl.Server.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Machine;

/// <summary>
/// <c>POST /machine/register</c>. Whatever a person must read is an <c>Error</c> in a 200: any other status shows only in the
/// client's log.
/// </summary>
internal sealed class RegisterHandler(
    RegistrationService registration, RequestBodies bodies, ServerOptions configuration, TimeProvider time, ILogger<RegisterHandler> logger)
{
    /// <summary>Whoever reaches the server can be refused, or ask for a login, as often as they like. A person who looks for one machine finds it in these.</summary>
    private const int MaxLinesPerMinute = 60;

    private const double SecondsPerMinute = 60;

    private readonly SourcePace _failures = new(
        configuration.Limits.MaxFailedRegistrations, configuration.Limits.MaxFailedRegistrations / SecondsPerMinute, time);

    private readonly LogThrottle _lines = new(time, MaxLinesPerMinute);

    public async Task HandleAsync(HttpContext context, INoisePeer peer, MachineRequest asked)
    {
        if (await bodies.ReadAsync<RegisterRequest>(context) is not { } request)
        {
            return;
        }

        if (request.Followup.Length > 0)
        {
            asked.Kind = MachineRequestKind.RegisterWait;
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

        // Known machines are not even looked at: a thousand of them may come back from one address at once.
        var source = context.Connection.RemoteIpAddress ?? IPAddress.None;
        var isKnown = registration.IsKnown(peer.MachineKey, request);
        if (!isKnown && _failures.MustWait(source))
        {
            return Refuse(peer, address, "too many registrations from this address have failed; wait a minute and try again");
        }

        var result = await registration.RegisterAsync(peer.MachineKey, request, address, context.RequestAborted);
        if (result.Entry is not null)
        {
            context.Features.Get<ConnectionTicket>()?.Prove(peer.MachineKey);
        }

        if (!isKnown && result.Outcome is (RegistrationOutcome.Refused or RegistrationOutcome.NeedsLogin))
        {
            _failures.Count(source);
        }

        switch (result.Outcome)
        {
            case RegistrationOutcome.Authorized:
                Log.NodeRegistered(logger, result.Entry!.Id.Value, result.Entry.Node.GivenName, address);
                return WithOwner(result, new RegisterResponse { MachineAuthorized = true });
            case RegistrationOutcome.KeyExpired or RegistrationOutcome.LoggedOut:
                return WithOwner(result, new RegisterResponse { NodeKeyExpired = true });
            case RegistrationOutcome.NeedsLogin:
                if (request.Followup.Length == 0 && _lines.TryPass(out var more))
                {
                    Log.LoginBegun(logger, KeyText.FormatShort(peer.MachineKey), ClientText.Show(request.Hostinfo?.Hostname), address);
                    LogMore(more);
                }

                return new RegisterResponse { AuthUrl = LoginPage.UrlOf(configuration.ServerUrl, result.AuthId) };
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
            LogMore(more);
        }

        return new RegisterResponse { Error = reason };
    }

    private void LogMore(long more)
    {
        if (more > 0)
        {
            Log.RefusalsLeftOut(logger, more);
        }
    }
}
