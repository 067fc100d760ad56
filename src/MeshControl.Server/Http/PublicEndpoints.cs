using System.Globalization;
using System.Reflection;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Machine;
using MeshControl.Server.Noise;
using MeshControl.Server.RelayMaps;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MeshControl.Server;

/// <summary>
/// What the public listener answers outside channels. Handlers are request delegates: nothing here is bound by reflection.
/// </summary>
internal sealed class PublicEndpoints(UpgradeEndpoint upgrade, X25519PrivateKey serverKey, HealthCheck health, RelayMapPage maps)
{
    public static string Version { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(UpgradeEndpoint.Path, (RequestDelegate)upgrade.UpgradeAsync);
        routes.MapGet(UpgradeEndpoint.Path, (RequestDelegate)upgrade.AcceptWebSocketAsync);
        routes.MapGet("/key", (RequestDelegate)KeyAsync);
        routes.MapGet("/health", (RequestDelegate)HealthAsync);
        routes.MapMethods(RelayMapPage.Path, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)maps.HandleAsync);
        routes.MapGet("/version", static context =>
            HttpText.WriteJsonAsync(context, "application/json", $"{{\"version\":\"{Version}\"}}"));
        routes.MapGet("/robots.txt", static context =>
            HttpText.WriteAsync(context, StatusCodes.Status200OK, "User-agent: *\nDisallow: /"));

        // All that is left, also what looks like the name of a file.
        routes.MapFallback("{**path}", static context => HttpText.WriteAsync(
            context, StatusCodes.Status404NotFound, "there is nothing here: this is a coordination server for Tailscale clients"));
    }

    /// <summary>The server's key for channels. Clients ask before every login, so it costs nothing.</summary>
    private Task KeyAsync(HttpContext context)
    {
        if (!int.TryParse(context.Request.Query["v"], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return HttpText.WriteAsync(
                context, StatusCodes.Status400BadRequest, "the query needs v, the client's capability version, such as /key?v=142");
        }

        return MachineEndpoints.WriteAsync(context, new ServerKeyResponse
        {
            PublicKey = version >= CapabilityVersions.Noise ? new MachinePublicKey(serverKey.PublicKey) : default,
        });
    }

    /// <summary>Whether the database answers.</summary>
    public async Task HealthAsync(HttpContext context)
    {
        var passes = await health.PassesAsync().WaitAsync(context.RequestAborted);
        context.Response.StatusCode = passes ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError;
        await HttpText.WriteJsonAsync(context, "application/health+json", passes ? "{\"status\":\"pass\"}" : "{\"status\":\"fail\"}");
    }
}
