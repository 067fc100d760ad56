using System.Text;
using MeshControl.Server.Configuration.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MeshControl.Server.Pages;

/// <summary>
/// How clients are pointed to this server: <c>/</c>, <c>/apple</c> with its profiles, and <c>/windows</c> with its registry file; and
/// <c>/admin</c>, which clients name to those whose device waits for approval.
/// </summary>
internal sealed class ClientPages(ServerOptions configuration)
{
    private const string Platform = "platform";

    private readonly string _url = configuration.ServerUrl.GetLeftPart(UriPartial.Authority);

    public void Map(IEndpointRouteBuilder routes)
    {
        string[] looking = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods("/", looking, (RequestDelegate)WelcomeAsync);
        routes.MapMethods("/apple", looking, (RequestDelegate)AppleAsync);
        routes.MapMethods($"/apple/{{{Platform}}}", looking, (RequestDelegate)AppleProfileAsync);
        routes.MapMethods("/windows", looking, (RequestDelegate)WindowsAsync);
        routes.MapMethods("/admin", looking, (RequestDelegate)AdminAsync);
        routes.MapMethods($"/windows/{WindowsPolicy.FileName}", looking, (RequestDelegate)WindowsPolicyAsync);
    }

    private static async Task WriteFileAsync(HttpContext context, string type, string name, byte[] content)
    {
        var response = context.Response;
        response.ContentType = type;
        response.ContentLength = content.Length;
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(content, context.RequestAborted);
        }
    }

    private Task WelcomeAsync(HttpContext context) => HtmlPage.WriteAsync(
        context,
        StatusCodes.Status200OK,
        "A coordination server for Tailscale clients",
        $"""
        <p>To join its network with a machine that has Tailscale, run</p>
        {HtmlPage.Command($"tailscale up --login-server={_url}")}
        <p>and open the address that it prints. On a phone or tablet with Android, open the Tailscale app, tap the account at the top, then the
        menu, choose "Use an alternate server" and enter</p>
        {HtmlPage.Command(_url)}
        <p>There is more about <a href="/apple">iPhone, iPad, Apple TV and Mac</a> and about <a href="/windows">Windows</a>.</p>
        """);

    private static Task AdminAsync(HttpContext context) => HtmlPage.WriteAsync(
        context,
        StatusCodes.Status200OK,
        "Approving devices",
        $"""
        <p>If your device waits for approval, ask whoever administers this server. It goes on by itself as soon as it is approved; you need not log
        in again.</p>
        <p>Administrators see which devices wait by</p>
        {HtmlPage.Command("meshctl nodes list")}
        <p>and let one in by</p>
        {HtmlPage.Command("meshctl nodes approve --identifier ID")}
        """);

    private Task AppleAsync(HttpContext context) => HtmlPage.WriteAsync(
        context,
        StatusCodes.Status200OK,
        "Apple devices",
        $"""
        <h2>iPhone and iPad</h2>
        <p>Install Tailscale from the App Store. Open the app, tap the account at the top right, then "Log in…", and in the menu at the top right
        "Use custom coordination server". Enter</p>
        {HtmlPage.Command(_url)}
        <p>and log in. Or install the <a href="/apple/{AppleProfile.Ios}">profile for iOS</a> and log in as usual.</p>
        <h2>Mac</h2>
        <p>With the command line:</p>
        {HtmlPage.Command($"tailscale login --login-server={_url}")}
        <p>In the app: hold the Option key while you open the Tailscale menu, choose "Debug", "Custom Login Server", "Add Account…". Or install a
        profile, quit the app, start it again and log in:</p>
        <p><a href="/apple/{AppleProfile.MacStandalone}">Profile for the app from Tailscale's site</a></p>
        <p><a href="/apple/{AppleProfile.MacAppStore}">Profile for the app from the App Store</a></p>
        <p>A profile sets nothing but the address of this server. Remove it in the settings under "Profiles" to undo that.</p>
        <h2>Apple TV</h2>
        <p>Install Tailscale, but do not open it. In the settings choose "Apps", "Tailscale", "Alternate Coordination Server URL", and enter the
        address above. Then open the app and log in.</p>
        """);

    private Task AppleProfileAsync(HttpContext context)
    {
        var platform = context.GetRouteValue(Platform) as string ?? "";
        return AppleProfile.Make(platform, _url) is { } profile
            ? WriteFileAsync(context, AppleProfile.ContentType, $"tailscale-{platform}.mobileconfig", Encoding.UTF8.GetBytes(profile))
            : HttpText.WriteAsync(
                context,
                StatusCodes.Status404NotFound,
                $"there are profiles for {AppleProfile.Ios}, {AppleProfile.MacAppStore} and {AppleProfile.MacStandalone}");
    }

    private Task WindowsAsync(HttpContext context) => HtmlPage.WriteAsync(
        context,
        StatusCodes.Status200OK,
        "Windows",
        $"""
        <p>Install Tailscale. Then run this in a command prompt or PowerShell, and log in at the address that it shows:</p>
        {HtmlPage.Command($"tailscale login --login-server={_url}")}
        <p>So that the app itself asks this server, also for all other users of the machine, import the
        <a href="/windows/{WindowsPolicy.FileName}">registry file</a> as an administrator and restart Tailscale. It sets one value:</p>
        {HtmlPage.Command($@"{WindowsPolicy.Key}\{WindowsPolicy.Name} = {_url}")}
        """);

    private Task WindowsPolicyAsync(HttpContext context) =>
        WriteFileAsync(context, "text/x-ms-regedit", WindowsPolicy.FileName, WindowsPolicy.Make(_url));
}
