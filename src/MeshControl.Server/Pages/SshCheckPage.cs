using MeshControl.Core.Logins;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Tailnets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MeshControl.Server.Pages;

/// <summary>
/// <c>/auth/ID</c>, to which somebody is sent whose login by SSH needs a check: what it is about, and what an administrator types to approve
/// it. Looking changes nothing.
/// </summary>
internal sealed class SshCheckPage(ControlPlane controlPlane)
{
    private const string Id = "id";

    /// <summary>Where a check's page is.</summary>
    public static string UrlOf(Uri serverUrl, string authId) => serverUrl.GetLeftPart(UriPartial.Authority) + AuthId.CheckPagePath + authId;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods($"{AuthId.CheckPagePath}{{{Id}}}", [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)ShowAsync);

    private Task ShowAsync(HttpContext context)
    {
        var text = context.GetRouteValue(Id) as string ?? "";
        if (!AuthId.TryRead(text, out _))
        {
            return HtmlPage.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "This is no check of this server",
                "<p>The address is not complete. Open it just as it was shown.</p>");
        }

        return controlPlane.SshChecks.Find(text) is { } check
            ? HtmlPage.WriteAsync(context, StatusCodes.Status200OK, "Somebody wants to log in by SSH", Describe(check))
            : HtmlPage.WriteAsync(
                context,
                StatusCodes.Status404NotFound,
                "This check is not open any more",
                "<p>It was approved or rejected, or nobody decided in time. Connect again: if it is still needed, another address is shown.</p>");
    }

    private string Describe(SshCheck check)
    {
        var snapshot = controlPlane.Find(check.Login.Tailnet)?.Snapshot;
        var facts = new (string Name, string Value)[]
        {
            ("From", SshCheckText.NameOf(snapshot, check.Login.Source)),
            ("Whose it is", SshCheckText.OwnerOf(snapshot, check.Login)),
            ("To", SshCheckText.NameOf(snapshot, check.Login.Destination)),
            ("As", ClientText.Show(check.Login.User)),
            ("Asked", HtmlPage.Utc(check.CreatedAt)),
            ("Open until", HtmlPage.Utc(check.ExpiresAt)),
        };
        return $"""
            {HtmlPage.Facts(facts)}
            <p>To approve it, an administrator of this server runs this there:</p>
            {HtmlPage.Command($"meshctl auth approve --auth-id {check.Id}")}
            <p>The login goes on by itself then; nothing more is to be done here. If you do not know it, do nothing, or turn it away:</p>
            {HtmlPage.Command($"meshctl auth reject --auth-id {check.Id}")}
            """;
    }
}
