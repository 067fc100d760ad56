using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MeshControl.FunctionalTests.Support;

namespace MeshControl.FunctionalTests.Channels;

/// <summary>Pages that tell people how to point a client to the server.</summary>
public sealed partial class ClientPagesTests
{
    private const string Url = "https://mesh.example.com";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", "tailscale up --login-server=https://mesh.example.com")]
    [InlineData("/apple", "tailscale login --login-server=https://mesh.example.com")]
    [InlineData("/windows", "tailscale login --login-server=https://mesh.example.com")]
    [InlineData("/admin", "meshctl nodes approve --identifier ID")]
    [InlineData("/register/mckey-authreq-00000000000000000000000000000000", "tailscale up")]
    public async Task Page_Any_LoadsNothingAndSaysWhatToType(string path, string command)
    {
        await using var server = await StartAsync();

        using var response = await GetAsync(server, path);
        var body = await response.Content.ReadAsStringAsync(Token);

        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains($"<pre>{command}</pre>", body, StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl!.NoStore);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        var style = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(StylePattern().Match(body).Groups[1].Value)));
        Assert.StartsWith($"default-src 'none'; img-src data:; style-src 'sha256-{style}'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal(["DENY"], response.Headers.GetValues("X-Frame-Options"));
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.DoesNotMatch("(?i)<script|<img|<link(?! rel=\"icon\" href=\"data:,\">)|<form|src=|@import|url\\(", body);

        // Links lead to this server only.
        Assert.All(LinkPattern().Matches(body), link => Assert.StartsWith("/", link.Groups[1].Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_AskedForItsHeadOnly_HasNoBody()
    {
        await using var server = await StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(server.Url, "/apple"));

        using var response = await http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Token));
    }

    [Theory]
    [InlineData("ios", "io.tailscale.ipn.ios")]
    [InlineData("macos-app-store", "io.tailscale.ipn.macos")]
    [InlineData("macos-standalone", "io.tailscale.ipn.macsys")]
    public async Task AppleProfile_OfAPlatform_SetsTheServerAndNothingElse(string platform, string domain)
    {
        await using var server = await StartAsync();

        using var response = await GetAsync(server, $"/apple/{platform}");
        var text = await response.Content.ReadAsStringAsync(Token);
        using var again = await GetAsync(server, $"/apple/{platform}");

        Assert.Equal("application/x-apple-aspen-config", response.Content.Headers.ContentType!.MediaType);
        var profile = XDocument.Parse(text).Root!.Element("dict")!;
        var content = profile.Element("array")!.Element("dict")!;
        Assert.Equal((domain, Url), (ValueOf(content, "PayloadType"), ValueOf(content, "ControlURL")));
        Assert.Equal("Configuration", ValueOf(profile, "PayloadType"));
        Assert.NotEqual(Guid.Parse(ValueOf(profile, "PayloadUUID")), Guid.Parse(ValueOf(content, "PayloadUUID")));
        Assert.Equal(text, await again.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task AppleProfile_OfNoPlatform_SaysWhichThereAre()
    {
        await using var server = await StartAsync();

        using var response = await GetAsync(server, "/apple/watch");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("macos-standalone", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WindowsPolicy_IsAFileOfTheRegistry()
    {
        await using var server = await StartAsync();

        using var response = await GetAsync(server, "/windows/tailscale.reg");
        var content = await response.Content.ReadAsByteArrayAsync(Token);

        Assert.Equal([0xFF, 0xFE], content[..2]);
        Assert.Equal(
            "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Tailscale]\r\n\"LoginURL\"=\"https://mesh.example.com\"\r\n",
            Encoding.Unicode.GetString(content[2..]));
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(configure: options => options with { ServerUrl = new Uri(Url) });

    private static async Task<HttpResponseMessage> GetAsync(TestServer server, string path)
    {
        using var http = new HttpClient();
        return await http.GetAsync(new Uri(server.Url, path), Token);
    }

    private static string ValueOf(XElement dictionary, string key) =>
        dictionary.Elements("key").Single(element => element.Value == key).ElementsAfterSelf().First().Value;

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex StylePattern();

    [GeneratedRegex("<a href=\"([^\"]*)\"")]
    private static partial Regex LinkPattern();
}
