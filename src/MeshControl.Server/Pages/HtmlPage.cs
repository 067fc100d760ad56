using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Pages;

/// <summary>
/// A page for people: one file without scripts, images or anything of another server, and readable on a phone. What it shows of others has
/// been through <see cref="Encode"/>.
/// </summary>
internal static class HtmlPage
{
    private const string Style =
        """
        :root{color-scheme:light dark}
        body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.5rem;line-height:1.2}h2{font-size:1.1rem;margin-top:2rem}
        pre{font-size:.9rem;padding:.75rem;border:1px solid #8886;border-radius:.5rem;background:#8881;white-space:pre-wrap;overflow-wrap:anywhere;user-select:all}
        dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem}dt{opacity:.7}dd{margin:0;overflow-wrap:anywhere}
        :focus-visible{outline:3px solid;outline-offset:2px}
        """;

    // Nothing is loaded, run, sent or framed; the one style is known by its hash. Browsers ask for an icon unless a page says that it has an
    // empty one, and complain of themselves when a policy forbids it.
    private static readonly string ContentSecurityPolicy =
        $"default-src 'none'; img-src data:; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>A text as it stands between tags and in quoted attributes.</summary>
    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A command to be copied.</summary>
    /// <param name="text">Not encoded.</param>
    public static string Command(string text) => $"<pre>{Encode(text)}</pre>";

    /// <summary>Names with their values, which are not encoded.</summary>
    public static string Facts(IEnumerable<(string Name, string Value)> facts) =>
        $"<dl>{string.Concat(facts.Select(fact => $"<dt>{fact.Name}</dt><dd><bdi>{Encode(fact.Value)}</bdi></dd>"))}</dl>";

    public static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Answers GET and HEAD.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">Of HTTP.</param>
    /// <param name="title">Not encoded.</param>
    /// <param name="body">HTML.</param>
    public static async Task WriteAsync(HttpContext context, int status, string title, string body)
    {
        var page = Encoding.UTF8.GetBytes(
            $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
            + $"<meta name=\"robots\" content=\"noindex\"><link rel=\"icon\" href=\"data:,\"><title>{Encode(title)}</title><style>{Style}</style></head>\n"
            + $"<body><h1>{Encode(title)}</h1>\n{body}\n</body></html>\n");
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = page.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(page, context.RequestAborted);
        }
    }
}
