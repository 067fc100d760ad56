using System.Net;
using System.Text;
using MeshControl.Core.Nodes;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Relays;

/// <summary>What relays of others are told of clients.</summary>
public sealed class VerifyTests
{
    /// <summary>The server's VerifyEndpoint.MaxLength.</summary>
    private const int MaxLength = 4 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestVerifyHandler_SuccessSetsJSONContentType")]
    public async Task Verify_NodeAndStranger_IsJsonOfOneForm()
    {
        await using var server = await TestServer.StartAsync();
        var node = await server.JoinAsync("alpha", await server.CreateUserWithKeyAsync("anna"));

        using var known = await AskAsync(server, node.Identity.NodeKey);
        using var unknown = await AskAsync(server, NodeIdentity.Create().NodeKey);

        Assert.Equal((HttpStatusCode.OK, "application/json"), (known.StatusCode, known.Content.Headers.ContentType!.MediaType));
        Assert.Equal((HttpStatusCode.OK, "application/json"), (unknown.StatusCode, unknown.Content.Headers.ContentType!.MediaType));
        Assert.Equal("""{"Allow":true}""", (await known.Content.ReadAsStringAsync(Token)).TrimEnd());
        Assert.Equal("""{"Allow":false}""", (await unknown.Content.ReadAsStringAsync(Token)).TrimEnd());
    }

    [Fact]
    public async Task Verify_DeletedOrExpired_IsTurnedAway()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("anna");
        var deleted = await server.JoinAsync("alpha", key);
        var expired = await server.JoinAsync("beta", key);

        await server.ExecuteAsync(new DeleteNodeCommand(server.Entry(deleted).Id));
        await server.ExecuteAsync(new ExpireNodeCommand(server.Entry(expired).Id));

        Assert.False(await IsAllowedAsync(server, deleted.Identity.NodeKey));
        Assert.False(await IsAllowedAsync(server, expired.Identity.NodeKey));
    }

    [Fact]
    [Trait("Acceptance", "TestHandleVerifyRequest_OversizedBodyRejected")]
    public async Task Verify_LongestBody_IsReadAndOneByteMoreIsRefused()
    {
        await using var server = await TestServer.StartAsync();
        var node = await server.JoinAsync("alpha", await server.CreateUserWithKeyAsync("anna"));
        var question = Question(node.Identity.NodeKey);

        using var longest = await PostAsync(server, "/verify", question.PadRight(MaxLength));
        using var longer = await PostAsync(server, "/verify", question.PadRight(MaxLength + 1));
        using var chunked = await PostAsync(server, "/verify", question.PadRight(MaxLength + 1), isChunked: true);

        Assert.Equal(HttpStatusCode.OK, longest.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, longer.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"NodePublic\":7}")]
    [InlineData("{\"NodePublic\":\"nodekey:12\"}")]
    [InlineData("{\"NodePublic\":\"mkey:0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20\"}")]
    public async Task Verify_Unreadable_Is400(string body)
    {
        await using var server = await TestServer.StartAsync();

        using var response = await PostAsync(server, "/verify", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Verify_WithSecret_AnswersBehindItAlone()
    {
        await using var server = await TestServer.StartAsync(
            configure: options => Verifying(options, new DerpVerifyOptions { Secret = new Secret("s3cret") }));
        var node = await server.JoinAsync("alpha", await server.CreateUserWithKeyAsync("anna"));
        var question = Question(node.Identity.NodeKey);

        using var right = await PostAsync(server, "/verify/s3cret", question);
        using var wrong = await PostAsync(server, "/verify/s3crew", question);
        using var none = await PostAsync(server, "/verify", question);

        Assert.Equal("""{"Allow":true}""", (await right.Content.ReadAsStringAsync(Token)).TrimEnd());
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.0/8", HttpStatusCode.OK)]
    [InlineData("192.0.2.0/24", HttpStatusCode.Forbidden)]
    public async Task Verify_WithSources_AnswersThemAlone(string sources, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync(
            configure: options => Verifying(options, new DerpVerifyOptions { Sources = [IPNetwork.Parse(sources)] }));

        using var response = await AskAsync(server, NodeIdentity.Create().NodeKey);

        Assert.Equal(expected, response.StatusCode);
    }

    private static ServerOptions Verifying(ServerOptions options, DerpVerifyOptions verify) =>
        options with { Derp = options.Derp with { Verify = verify } };

    private static string Question(NodePublicKey key) => $$"""{"NodePublic":"{{key}}","Source":"192.0.2.33"}""";

    private static Task<HttpResponseMessage> AskAsync(TestServer server, NodePublicKey key) => PostAsync(server, "/verify", Question(key));

    private static async Task<bool> IsAllowedAsync(TestServer server, NodePublicKey key)
    {
        using var response = await AskAsync(server, key);
        return (await response.Content.ReadAsStringAsync(Token)).TrimEnd() == """{"Allow":true}""";
    }

    private static async Task<HttpResponseMessage> PostAsync(TestServer server, string path, string body, bool isChunked = false)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, path))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Headers.TransferEncodingChunked = isChunked ? true : null;
        return await http.SendAsync(request, Token);
    }
}
