using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Derp.Http;

/// <summary>
/// <c>/generate_204</c>: who gets exactly this is not behind a captive portal. Since portals forge the status, a client sends a challenge,
/// and only who repeats it is believed.
/// </summary>
internal static class CaptivePortalAnswer
{
    /// <summary>Characters of the longest challenge that is repeated.</summary>
    public const int MaxChallengeLength = 64;

    private const string ChallengeHeader = "X-Tailscale-Challenge";
    private const string ResponseHeader = "X-Tailscale-Response";

    // Nothing that could mean anything to a browser or to whoever logs it.
    private static readonly SearchValues<char> ChallengeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:");

    public static Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status204NoContent;
        // An old answer would say that a network is open which no longer is.
        response.Headers.CacheControl = "no-cache, no-store, must-revalidate, no-transform, max-age=0";
        if (context.Request.Headers[ChallengeHeader] is [{ Length: > 0 and <= MaxChallengeLength } challenge]
            && !challenge.AsSpan().ContainsAnyExcept(ChallengeCharacters))
        {
            response.Headers[ResponseHeader] = "response " + challenge;
        }

        return Task.CompletedTask;
    }
}
