using System.Net;
using System.Text;
using MeshControl.FunctionalTests.Support;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Channels;

/// <summary>Requests inside channels that are not everyday ones, and several channels of one machine.</summary>
public sealed class InnerRequestTests
{
    // The server takes bodies up to a mebibyte.
    private const int MaxBodyLength = 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/machine/nothing")]
    [InlineData("POST", "/machine/webclient/init/1/to/2")]
    [InlineData("GET", "/machine/tka/init/begin")]
    [InlineData("POST", "/machine/set-dns")]
    [InlineData("POST", "/machine/id-token")]
    [InlineData("POST", "/machine/audit-log")]
    [InlineData("PATCH", "/machine/set-device-attr")]
    [InlineData("POST", "/machine/feature/query")]
    [InlineData("GET", "/machine/register")]
    [InlineData("GET", "/machine/map")]
    [InlineData("DELETE", "/machine/map")]
    [InlineData("GET", "/key?v=138")]
    [InlineData("POST", "/ts2021")]
    public async Task Request_NothingServesIt_IsAnsweredAtOnceWithSentence(string method, string path)
    {
        await using var server = await TestServer.StartAsync();
        var node = server.NewNode("one", authKey: null);

        using var response = await node.Client.SendAsync(new HttpMethod(method), path, method == "GET" ? null : "{}"u8.ToArray(), Token);
        var text = await response.Content.ReadAsStringAsync(Token);

        Assert.InRange((int)response.StatusCode, 400, 501);
        Assert.InRange(text.Length, 1, 200);
        Assert.DoesNotContain('<', text);
    }

    [Fact]
    public async Task UpdateHealth_OldClients_IsAcceptedWithEmptyBody()
    {
        await using var server = await TestServer.StartAsync();
        var node = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        var body = $$"""{"Subsys":"dns","Error":"no resolver","NodeKey":"{{node.Identity.NodeKey}}"}""";

        using var response = await node.Client.SendAsync(
            HttpMethod.Post, "/machine/update-health", Encoding.UTF8.GetBytes(body), Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Token));
    }

    [Theory]
    [InlineData("/machine/register")]
    [InlineData("/machine/map")]
    public async Task Request_NoJson_Is400(string path)
    {
        await using var server = await TestServer.StartAsync();
        var node = server.NewNode("one", authKey: null);

        foreach (var body in new[] { "", "null", "[]", "{", "{}{}", "\"x\"", "{\"Version\":\"x\"}", "{\"NodeKey\":\"nodekey:zz\"}" })
        {
            using var response = await node.Client.SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), Token);

            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{body} got {response.StatusCode}");
        }
    }

    [Theory]
    [InlineData("/machine/register")]
    [InlineData("/machine/map")]
    public async Task Request_BodyTooLong_IsRefusedAndTheChannelStays(string path)
    {
        await using var server = await TestServer.StartAsync();
        var node = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));

        var body = new byte[MaxBodyLength + 1];
        body.AsSpan().Fill((byte)' ');
        using var response = await node.Client.SendAsync(HttpMethod.Post, path, body, Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await node.UpdateAsync(profile => profile.WithHome(901), Token);
        Assert.Equal(1, node.Traffic.Channels);
    }

    [Fact]
    public async Task Channels_SeveralOfOneMachine_AreAllServed()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        await using var second = new ControlClient(server.Endpoint, one.Identity.MachineKey, new NodeTraffic());
        await using var third = new ControlClient(server.Endpoint, one.Identity.MachineKey, new NodeTraffic());

        var update = one.CreateMapRequest(stream: false, omitPeers: true);
        Assert.Empty(await second.PostMapAsync(update, Token));
        using var query = await third.SendAsync(HttpMethod.Post, "/machine/feature/query", "{}"u8.ToArray(), Token);
        Assert.Empty(await second.PostMapAsync(update, Token));
        await second.CloseAsync();
        await two.UpdateAsync(profile => profile.WithHome(901), Token);

        await one.WaitForAsync(map => map.FindPeer("two")?.HomeDerp == 901);
        Assert.Equal(1, one.Traffic.Streams);
        Assert.False(third.Channel!.IsBroken);
    }

    [Fact]
    public async Task Channel_ManyRequestsAtOnce_AreAllAnswered()
    {
        const int Parallel = 60;
        await using var server = await TestServer.StartAsync();
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));

        var maps = await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => one.FetchMapAsync(Token)));

        Assert.All(maps, map => Assert.Equal(one.Identity.NodeKey, map.Self.Key));
        Assert.Equal(1, one.Traffic.Channels);
    }

    [Fact]
    public async Task Early_Payload_BringsAFreshChallengePerChannel()
    {
        await using var server = await TestServer.StartAsync();
        var one = server.NewNode("one", authKey: null);
        var challenges = new HashSet<string>();

        for (var channel = 0; channel < 3; channel++)
        {
            using var response = await one.Client.SendAsync(HttpMethod.Get, "/machine/whoami", body: null, Token);
            challenges.Add(one.Client.Channel!.Challenge!.Value.ToString());
            await one.Client.CloseAsync();
        }

        Assert.Equal(3, challenges.Count);
    }

    [Fact]
    public async Task Whoami_InsideChannel_IsTheMachine()
    {
        await using var server = await TestServer.StartAsync();
        var one = server.NewNode("one", authKey: null);

        using var response = await one.Client.SendAsync(HttpMethod.Get, "/machine/whoami", body: null, Token);

        Assert.Contains(one.Identity.Machine.ToString(), await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }
}
