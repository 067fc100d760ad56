using MeshControl.Core.Logins;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MeshControl.Server.Pages;

/// <summary>
/// <c>/register/ID</c>, to which a client sends its user: which device asks, and what an administrator types to let it in. Looking changes
/// nothing, since programs that show previews of links look, too.
/// </summary>
internal sealed class LoginPage(ControlPlane controlPlane)
{
    private const string Id = "id";

    /// <summary>Where a login's page is.</summary>
    public static string UrlOf(Uri serverUrl, string authId) => serverUrl.GetLeftPart(UriPartial.Authority) + AuthId.PagePath + authId;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods($"{AuthId.PagePath}{{{Id}}}", [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)ShowAsync);

    private Task ShowAsync(HttpContext context)
    {
        var text = context.GetRouteValue(Id) as string ?? "";
        if (!AuthId.TryRead(text, out _))
        {
            return HtmlPage.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "This is no login of this server",
                "<p>The address is not complete. Open it just as the device shows it.</p>");
        }

        return controlPlane.Logins.Find(text) is { } login
            ? HtmlPage.WriteAsync(context, StatusCodes.Status200OK, "A device wants to join", Describe(login))
            : HtmlPage.WriteAsync(
                context,
                StatusCodes.Status404NotFound,
                "This login is not open any more",
                "<p>It was completed or rejected, or nobody decided within an hour. If the device is not connected, have a look at it: it shows "
                + "a new address, or does so after</p>" + HtmlPage.Command("tailscale up"));
    }

    private static string Describe(PendingLogin login)
    {
        var host = login.Request.Hostinfo;
        var system = string.Join(' ', new[] { host?.Os, host?.Distro, host?.OsVersion, host?.DeviceModel }.Where(part => !string.IsNullOrEmpty(part)));
        var facts = new List<(string Name, string Value)>
        {
            ("Device", ClientText.Show(login.Hostname)),
            ("System", ClientText.Show(system)),
            ("Address", login.Address),
            ("Key", KeyText.FormatShort(login.Machine)),
            ("Asked", HtmlPage.Utc(login.CreatedAt)),
            ("Open until", HtmlPage.Utc(login.ExpiresAt)),
        };
        if (host?.RequestTags is { Count: > 0 } tags)
        {
            facts.Add(("Wants tags", ClientText.Show(string.Join(' ', tags))));
        }

        return $"""
            {HtmlPage.Facts(facts)}
            <p>To let it in, an administrator of this server runs this there, with the name of the user whose device it is:</p>
            {HtmlPage.Command($"meshctl auth register --auth-id {login.Id} --user USERNAME")}
            <p>The device goes on by itself then; nothing more is to be done here. If you do not know it, do nothing, or turn it away:</p>
            {HtmlPage.Command($"meshctl auth reject --auth-id {login.Id}")}
            """;
    }
}
