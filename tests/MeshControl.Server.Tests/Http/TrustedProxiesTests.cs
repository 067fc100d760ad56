using System.Net;
using MeshControl.Server.Tests.Configuration;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Tests.Http;

public sealed class TrustedProxiesTests
{
    private const string Proxy = "10.0.0.5";
    private const string Stranger = "203.0.113.1";

    private static readonly string[] Headers = [TrustedProxies.TrueClientIp, TrustedProxies.RealIp, TrustedProxies.ForwardedFor];
    private static readonly TrustedProxies Some = Trust("10.0.0.0/16", "fd00::/8");

    [Theory]
    [InlineData("10.0.0.5", true)]
    [InlineData("10.0.255.255", true)]
    [InlineData("10.1.0.0", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::ffff:10.0.0.5", true)]
    [InlineData("::ffff:10.1.0.0", false)]
    [InlineData("fd00::1", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData(null, false)]
    [Trait("Acceptance", "TestPeerTrusted")]
    public void IsTrusted_Peer_GoesByTheListedPrefixes(string? peer, bool trusted)
    {
        var proxies = Trust("10.0.0.0/16", "127.0.0.1/32", "fd00::/8");

        Assert.Equal(trusted, proxies.IsTrusted(peer is null ? null : IPAddress.Parse(peer)));
    }

    [Theory]
    [InlineData("10.0.0.0/16", "10.0.0.0/16")]
    [InlineData("127.0.0.1/32", "127.0.0.1/32")]
    [InlineData("fd00::/8", "fd00::/8")]
    [InlineData("::1/128", "::1/128")]
    [InlineData("192.0.2.1", "192.0.2.1/32")]
    [InlineData("\"::1\"", "::1/128")]
    [Trait("Acceptance", "TestPrefixToIPNet")]
    public void Configuration_Prefix_IsThatNetwork(string written, string network)
    {
        Assert.Equal(IPNetwork.Parse(network), Assert.Single(Loading.Options($"trusted_proxies: [{written}]").TrustedProxies));
    }

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("\"::/0\"")]
    [InlineData("10.0.0.1/16")]
    [InlineData("10.0.0.0/33")]
    [InlineData("nginx")]
    [InlineData("\"\"")]
    public void Configuration_EverybodyOrNoPrefix_IsAnError(string written)
    {
        var error = Loading.Error($"trusted_proxies: [{written}]");

        Assert.Equal("trusted_proxies[0]", error.Key);
        Assert.NotEmpty(error.Remedy);
    }

    [Theory]
    [InlineData("no-headers", "", "", "")]
    [InlineData("strips-x-real-ip", "", "1.2.3.4", "")]
    [InlineData("strips-x-forwarded-for", "", "", "1.2.3.4")]
    [InlineData("strips-true-client-ip", "1.2.3.4", "", "")]
    [InlineData("strips-all-three", "1.2.3.4", "5.6.7.8", "9.10.11.12")]
    [Trait("Acceptance", "TestTrustedProxyRealIP/untrusted/no-headers")]
    [Trait("Acceptance", "TestTrustedProxyRealIP/untrusted/strips-x-real-ip")]
    [Trait("Acceptance", "TestTrustedProxyRealIP/untrusted/strips-x-forwarded-for")]
    [Trait("Acceptance", "TestTrustedProxyRealIP/untrusted/strips-true-client-ip")]
    [Trait("Acceptance", "TestTrustedProxyRealIP/untrusted/strips-all-three")]
    public void Resolve_UntrustedPeer_ChangesNothingAndStrips(string peerCase, string trueClientIp, string realIp, string forwardedFor)
    {
        Assert.NotEmpty(peerCase);
        var context = Request(Stranger, trueClientIp, realIp, forwardedFor);

        Some.Resolve(context);

        Assert.Equal((IPAddress.Parse(Stranger), 1234), (context.Connection.RemoteIpAddress, context.Connection.RemotePort));
        Assert.All(Headers, header => Assert.False(context.Request.Headers.ContainsKey(header)));
        Assert.Null(context.Features.Get<ProxiedClient>());
    }

    [Fact]
    [Trait("Acceptance", "TestTrustedProxyRealIP/untrusted/keeps-unrelated-header")]
    public void Resolve_UntrustedPeer_KeepsOtherHeaders()
    {
        var context = Request(Stranger, "", "1.2.3.4", "");
        context.Request.Headers.UserAgent = "curl/8";

        Some.Resolve(context);

        Assert.Equal("curl/8", context.Request.Headers.UserAgent);
        Assert.False(context.Request.Headers.ContainsKey(TrustedProxies.RealIp));
    }

    [Theory]
    [InlineData("no-headers", "", "", "", Proxy)]
    [InlineData("x-real-ip", "", "1.2.3.4", "", "1.2.3.4")]
    [InlineData("true-client-ip-wins-over-others", "1.2.3.4", "5.6.7.8", "9.10.11.12", "1.2.3.4")]
    [InlineData("x-real-ip-wins-over-xff", "", "1.2.3.4", "9.10.11.12", "1.2.3.4")]
    [InlineData("xff-rightmost-walk-discards-trusted-hop", "", "", "203.0.113.99, 10.0.0.5", "203.0.113.99")]
    [InlineData("xff-all-trusted-leaves-remote-alone", "", "", "10.0.0.99, 10.0.0.5", Proxy)]
    [Trait("Acceptance", "TestTrustedProxyRealIP/trusted/no-headers")]
    [Trait("Acceptance", "TestTrustedProxyRealIP/trusted/x-real-ip")]
    [Trait("Acceptance", "TestTrustedProxyRealIP/trusted/true-client-ip-wins-over-others")]
    [Trait("Acceptance", "TestTrustedProxyRealIP/trusted/x-real-ip-wins-over-xff")]
    [Trait("Acceptance", "TestTrustedProxyRealIP/trusted/xff-rightmost-walk-discards-trusted-hop")]
    [Trait("Acceptance", "TestTrustedProxyRealIP/trusted/xff-all-trusted-leaves-remote-alone")]
    public void Resolve_TrustedPeer_TakesTheClientFromTheFirstHeaderThatTells(
        string peerCase, string trueClientIp, string realIp, string forwardedFor, string client)
    {
        Assert.NotEmpty(peerCase);
        AssertClient(client, Request(Proxy, trueClientIp, realIp, forwardedFor));
    }

    [Theory]
    [InlineData("1.2.3.4:5678", "1.2.3.4")]
    [InlineData("[2001:db8::1]:443", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("::ffff:1.2.3.4", "1.2.3.4")]
    [InlineData("6.6.6.6,1.2.3.4 , 10.0.0.9", "1.2.3.4")]
    [InlineData("6.6.6.6, unknown", Proxy)]
    [InlineData("6.6.6.6, ", Proxy)]
    [InlineData("6.6.6.6, 42", Proxy)]
    [InlineData("6.6.6.6, 1.2", Proxy)]
    [InlineData("6.6.6.6, 1.2.3.4:x", Proxy)]
    [InlineData("0.0.0.0", Proxy)]
    public void Resolve_ForwardedForAsProxiesWriteIt_IsUnderstood(string forwardedFor, string client)
    {
        AssertClient(client, Request(Proxy, "", "", forwardedFor));
    }

    [Fact]
    public void Resolve_ForwardedForOnSeveralLines_IsOneList()
    {
        var context = Request(Proxy, "", "", "");
        context.Request.Headers[TrustedProxies.ForwardedFor] = new(["6.6.6.6, 1.2.3.4", "10.0.0.7"]);

        AssertClient("1.2.3.4", context);
    }

    [Theory]
    [InlineData(TrustedProxies.MaxHops, "1.2.3.4")]
    [InlineData(TrustedProxies.MaxHops + 1, Proxy)]
    public void Resolve_ForwardedForOfManyHops_IsReadUpToTheLimit(int hops, string client)
    {
        var list = string.Join(',', Enumerable.Repeat("10.0.0.1", hops - 1).Prepend("1.2.3.4"));

        AssertClient(client, Request(Proxy, "", "", list));
    }

    [Fact]
    public void Resolve_GarbageInAHeader_LeavesItToTheNext()
    {
        AssertClient("9.10.11.12", Request(Proxy, "somewhere", "-", "9.10.11.12"));
    }

    [Fact]
    [Trait("Acceptance", "TestTrustedProxyRealIP/trusted/ipv6-peer-v6-real-ip")]
    public void Resolve_TrustedIpv6Peer_TakesAnIpv6Client()
    {
        AssertClient("2001:db8::1", Request("fd00::1", "", "2001:db8::1", ""));
    }

    // What a socket for both families shows of an IPv4 proxy.
    [Fact]
    public void Resolve_PeerOfASocketForBothFamilies_IsAnIpv4Address()
    {
        AssertClient("1.2.3.4", Request("::ffff:10.0.0.5", "", "1.2.3.4", ""));
        var direct = Request("::ffff:203.0.113.1", "", "", "");
        Some.Resolve(direct);
        Assert.Equal(IPAddress.Parse(Stranger), direct.Connection.RemoteIpAddress);
    }

    [Fact]
    [Trait("Acceptance", "TestTrustedProxyRealIP/ipv6-untrusted-strips-header")]
    public void Resolve_UntrustedIpv6Peer_Strips()
    {
        var context = Request("2001:db8::1", "", "1.2.3.4", "");

        Some.Resolve(context);

        Assert.Equal(IPAddress.Parse("2001:db8::1"), context.Connection.RemoteIpAddress);
        Assert.False(context.Request.Headers.ContainsKey(TrustedProxies.RealIp));
    }

    [Fact]
    [Trait("Acceptance", "TestTrustedProxyRealIPEmptyTrusted")]
    public void Resolve_NobodyIsTrusted_Strips()
    {
        var context = Request(Proxy, "", "1.2.3.4", "");

        Trust().Resolve(context);

        Assert.Equal((IPAddress.Parse(Proxy), 1234), (context.Connection.RemoteIpAddress, context.Connection.RemotePort));
        Assert.False(context.Request.Headers.ContainsKey(TrustedProxies.RealIp));
    }

    private static TrustedProxies Trust(params IEnumerable<string> prefixes) =>
        new(Reference.Defaults with { TrustedProxies = [.. prefixes.Select(prefix => IPNetwork.Parse(prefix))] });

    private static void AssertClient(string client, HttpContext context)
    {
        Some.Resolve(context);

        Assert.Equal(IPAddress.Parse(client), context.Connection.RemoteIpAddress);
        Assert.Equal(client == Proxy ? 1234 : 0, context.Connection.RemotePort);
        Assert.All(Headers, header => Assert.False(context.Request.Headers.ContainsKey(header)));
        Assert.NotNull(context.Features.Get<ProxiedClient>());
    }

    private static DefaultHttpContext Request(string peer, string trueClientIp, string realIp, string forwardedFor)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        context.Connection.RemotePort = 1234;
        foreach (var (header, value) in Headers.Zip([trueClientIp, realIp, forwardedFor]))
        {
            if (value.Length > 0)
            {
                context.Request.Headers[header] = value;
            }
        }

        return context;
    }
}
