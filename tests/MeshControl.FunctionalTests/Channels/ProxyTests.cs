using System.Net;
using MeshControl.FunctionalTests.Support;

namespace MeshControl.FunctionalTests.Channels;

/// <summary>Nodes whose channels come through a proxy that the server trusts.</summary>
public sealed class ProxyTests
{
    [Fact]
    public async Task Stop_WithStreamsThroughAProxy_EndsThemAndTheyComeBack()
    {
        await using var server = await TestServer.StartAsync(
            configure: options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        var key = await server.CreateUserWithKeyAsync("alice");
        var direct = await server.JoinAsync("direct", key);
        var proxied = await server.JoinAsync(
            "proxied", key, options => options with { Endpoint = options.Endpoint with { ProxyHeader = "X-Forwarded-For: 192.0.2.7" } });
        await direct.WaitForAsync(map => map.FindPeer("proxied")?.Online == true);

        await server.StopAsync();
        await server.StartAgainAsync();

        await proxied.WaitForAsync(map => map.Stream > 1 && map.Peer("direct").Online == true);
        await proxied.UpdateAsync(profile => profile.WithHome(901), TestContext.Current.CancellationToken);
        await direct.WaitForAsync(map => map.Peer("proxied").HomeDerp == 901);
    }
}
