using System.Net;
using MeshControl.Derp.Http;
using Microsoft.AspNetCore.Builder;

namespace MeshControl.Derp.Tests.Http;

public sealed class DerpEndpointsTests
{
    private const string ChallengeHeader = "X-Tailscale-Challenge";
    private const string ResponseHeader = "X-Tailscale-Response";

    [Theory]
    [InlineData("/derp/probe")]
    [InlineData("/derp/latency-check")]
    [InlineData("/derp/probe?x=1")]
    public async Task Probe_ByAnyMethod_IsShortOrRefused(string path)
    {
        await using var site = await DerpSite.StartAsync();
        foreach (var method in new[] { "GET", "HEAD" })
        {
            using var answer = await site.SendAsync(method, path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
            Assert.Equal(0, answer.Content.Headers.ContentLength);
        }

        foreach (var method in new[] { "POST", "PUT", "DELETE", "OPTIONS" })
        {
            using var answer = await site.SendAsync(method, path);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
            Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow.Order());
        }
    }

    [Fact]
    public async Task Probe_Answer_FitsOnePacketManyTimes()
    {
        await using var site = await DerpSite.StartAsync();

        var answer = await site.ExchangeAsync("GET /derp/probe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.InRange(answer.Length, 1, 200);
    }

    [Theory]
    [InlineData("GET", "DERP", 299)]
    [InlineData("GET", "derp", 299)]
    [InlineData("GET", "dErP", 299)]
    [InlineData("POST", "DERP", 299)]
    [InlineData("GET", "WebSocket", 299)]
    [InlineData("GET", "", 426)]
    [InlineData("GET", "h2c", 426)]
    [InlineData("GET", "DERP2", 426)]
    [InlineData("PUT", "", 426)]
    public async Task Derp_WithAndWithoutUpgrade_IsHandedOnOrRefused(string method, string upgrade, int expected)
    {
        await using var site = await DerpSite.StartAsync();
        foreach (var path in new[] { "/derp", "/derp?x=y" })
        {
            (string, string)[] headers = upgrade.Length == 0 ? [] : [("Upgrade", upgrade), ("Connection", "Upgrade")];
            using var answer = await site.SendAsync(method, path, headers);
            Assert.Equal(expected, (int)answer.StatusCode);
            if (expected == 426)
            {
                Assert.Equal("DERP requires connection upgrade\n", await answer.Content.ReadAsStringAsync());
                Assert.Equal("DERP", answer.Headers.Upgrade.ToString());
            }
        }
    }

    // The web server would throw where it is asked for such a connection, and strangers could fill the log.
    [Theory]
    [InlineData("GET /derp HTTP/1.1\r\nHost: a\r\nUpgrade: DERP\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nHost: a\r\nUpgrade: DERP\r\nDerp-Fast-Start: 1\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.0\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n")]
    public async Task Derp_UpgradeOfAConnectionThatCannotBe_IsRefused(string request)
    {
        await using var site = await DerpSite.StartAsync();
        var answer = await site.ExchangeAsync(request);
        Assert.StartsWith("HTTP/1.1 426 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/derp/")]
    [InlineData("/derp/other")]
    [InlineData("/derp/x/probe")]
    [InlineData("/derp/derp")]
    public async Task Derp_OtherPathBelow_IsNotFoundEvenWithUpgrade(string path)
    {
        await using var site = await DerpSite.StartAsync();
        using var answer = await site.SendAsync("GET", path, ("Upgrade", "DERP"), ("Connection", "Upgrade"));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Probe_WhereOnlyTheRelayIsMounted_IsAnswered()
    {
        await using var site = await DerpSite.StartAsync((routes, _) =>
        {
            ((IApplicationBuilder)routes).Map("/derp", branch => branch.Run(context => DerpEndpoints.AnswerAsync(context, DerpSite.Upgrade)));
        });

        foreach (var (path, status) in new[] { ("/derp/probe", 200), ("/derp/latency-check", 200), ("/derp", 299), ("/derp/other", 404) })
        {
            using var answer = await site.SendAsync("GET", path, ("Upgrade", "DERP"), ("Connection", "Upgrade"));
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("ts_203.0.113.10", true)]
    [InlineData("ts_2001:db8::1", true)]
    [InlineData("ts_relay-1.example.com", true)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", false)]
    [InlineData("ts 203.0.113.10", false)]
    [InlineData("ts_a/b", false)]
    [InlineData("ts_<script>", false)]
    [InlineData(null, false)]
    [InlineData("", false)]
    public async Task CaptivePortal_Challenge_IsRepeatedIfItIsOne(string? challenge, bool isRepeated)
    {
        Assert.Equal(64, CaptivePortalAnswer.MaxChallengeLength);
        await using var site = await DerpSite.StartAsync((routes, _) => DerpEndpoints.MapPlain(routes));
        foreach (var method in new[] { "GET", "HEAD", "POST", "OPTIONS" })
        {
            (string, string)[] headers = challenge is null ? [] : [(ChallengeHeader, challenge)];
            using var answer = await site.SendAsync(method, "/generate_204?t=1790000000", headers);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal(
                ["max-age=0", "must-revalidate", "no-cache", "no-store", "no-transform"],
                answer.Headers.GetValues("Cache-Control").Single().Split(", ").Order(StringComparer.Ordinal));
            Assert.Equal(isRepeated ? ["response " + challenge] : [], answer.Headers.TryGetValues(ResponseHeader, out var values) ? values : []);
        }
    }

    [Fact]
    public async Task CaptivePortal_TwoChallenges_AreNotRepeated()
    {
        await using var site = await DerpSite.StartAsync();
        var answer = await site.ExchangeAsync(
            $"GET /generate_204 HTTP/1.1\r\nHost: a\r\n{ChallengeHeader}: ts_a\r\n{ChallengeHeader}: ts_b\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 204 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(ResponseHeader, answer, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/robots.txt", "Disallow: /")]
    [InlineData("/", "relay")]
    public async Task Page_ForBrowsers_SaysSo(string path, string expected)
    {
        await using var site = await DerpSite.StartAsync();
        Assert.Contains(expected, await site.Client.GetStringAsync(path), StringComparison.Ordinal);
        using var head = await site.SendAsync("HEAD", path);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }
}
