using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace MeshControl.Derp.Http;

/// <summary>
/// What a relay answers over HTTP. <see cref="Map"/> is for every public listener, <see cref="MapPlain"/> for a port 80 that answers nothing
/// else, and <see cref="MapPages"/> for a relay that has no other pages, as a coordination server has.
/// </summary>
public static class DerpEndpoints
{
    /// <summary>Where clients ask for an upgrade.</summary>
    public const string Path = "/derp";

    /// <summary>Where clients look for captive portals, over plain HTTP.</summary>
    public const string CaptivePortalPath = "/generate_204";

    /// <summary>Where clients ask whose name service does not work.</summary>
    public const string BootstrapDnsPath = "/bootstrap-dns";

    /// <summary>Mounts <c>/derp</c> with its probes, <c>/generate_204</c> and <c>/bootstrap-dns</c>, for all methods.</summary>
    /// <param name="routes">Of an application whose public listeners speak HTTP/1.1; the probes also answer over HTTP/2.</param>
    /// <param name="upgrade">
    /// Takes the connection over. It gets each request for <c>/derp</c> that asks for the upgrade to <c>DERP</c> or <c>websocket</c> on a
    /// connection that can be upgraded, and nothing else.
    /// </param>
    /// <param name="bootstrapDns">Outlives the application.</param>
    public static void Map(IEndpointRouteBuilder routes, RequestDelegate upgrade, BootstrapDns bootstrapDns)
    {
        routes.Map(Path + "/{**rest}", context => AnswerAsync(context, upgrade));
        routes.Map(BootstrapDnsPath, (RequestDelegate)bootstrapDns.AnswerAsync);
        MapPlain(routes);
    }

    /// <summary>Mounts <c>/generate_204</c> alone. It must answer over plain HTTP, and never with a redirect.</summary>
    public static void MapPlain(IEndpointRouteBuilder routes) =>
        routes.Map(CaptivePortalPath, (RequestDelegate)CaptivePortalAnswer.AnswerAsync);

    /// <summary>Mounts <c>/robots.txt</c>, and a sentence at <c>/</c> for whoever comes with a browser.</summary>
    public static void MapPages(IEndpointRouteBuilder routes)
    {
        routes.Map("/robots.txt", static context => ShortAnswer.WriteAsync(context, StatusCodes.Status200OK, "User-agent: *\nDisallow: /"));
        routes.Map("/", static context =>
            ShortAnswer.WriteAsync(context, StatusCodes.Status200OK, "This is a relay (DERP) for Tailscale clients. It has no pages."));
    }

    /// <summary>
    /// Everything at and below <c>/derp</c>, probes included, for whoever mounts only that: by its path, or as a branch that takes the
    /// <c>/derp</c> off.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="upgrade">As for <see cref="Map"/>.</param>
    public static Task AnswerAsync(HttpContext context, RequestDelegate upgrade)
    {
        var request = context.Request;
        var rest = request.Path.StartsWithSegments(Path, out var below) ? below : request.Path;
        return rest.Value switch
        {
            null or "" => AsksForUpgrade(context) ? upgrade(context) : RefuseAsync(context),
            "/probe" or "/latency-check" => ProbeAnswer.AnswerAsync(context),
            _ => ShortAnswer.WriteAsync(context, StatusCodes.Status404NotFound, "there is nothing here but a relay, at /derp"),
        };
    }

    // Without "Connection: Upgrade" the web server will not let go of the connection; and HTTP/1.0 knows no upgrade.
    private static bool AsksForUpgrade(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol)
        && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        && context.Request.Headers.Upgrade.ToString() is var upgrade
        && (upgrade.Equals("derp", StringComparison.OrdinalIgnoreCase) || upgrade.Equals("websocket", StringComparison.OrdinalIgnoreCase));

    private static Task RefuseAsync(HttpContext context)
    {
        if (ShortAnswer.IsHttp1(context.Request))
        {
            context.Response.Headers.Upgrade = "DERP";
        }

        return ShortAnswer.WriteAsync(context, StatusCodes.Status426UpgradeRequired, "DERP requires connection upgrade");
    }
}
