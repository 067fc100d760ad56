using System.Net;
using System.Text.Json;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.FunctionalTests.Channels;

/// <summary>What the server answers without a channel.</summary>
public sealed class PublicPagesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("39", true)]
    [InlineData("113", true)]
    [InlineData("148", true)]
    [InlineData("38", false)]
    public async Task Key_WithVersion_GivesTheKeyToThoseWhoUseIt(string version, bool hasKey)
    {
        await using var server = await TestServer.StartAsync();

        var (status, body) = await GetAsync(server, $"/key?v={version}");
        var keys = ControlJson.Parse<ServerKeyResponse>(body);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(hasKey, !keys.PublicKey.IsZero);
        Assert.True(keys.LegacyPublicKey.IsZero);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?v=")]
    [InlineData("?v=x")]
    [InlineData("?v=-1")]
    [InlineData("?v=99999999999999999999")]
    public async Task Key_WithoutVersion_Is400(string query)
    {
        await using var server = await TestServer.StartAsync();

        var (status, body) = await GetAsync(server, "/key" + query);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotEmpty(body);
    }

    [Fact]
    public async Task Key_AfterRestart_IsTheSame()
    {
        await using var server = await TestServer.StartAsync();
        var before = await server.GetServerKeyAsync();

        await server.StopAsync();
        await server.StartAgainAsync();

        Assert.Equal(before, await server.GetServerKeyAsync());
    }

    [Fact]
    [Trait("Acceptance", "TestHeadscale")]
    public async Task Health_Running_Passes()
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri(server.Url, "/health"), Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/health+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("""{"status":"pass"}""", (await response.Content.ReadAsStringAsync(Token)).TrimEnd());
    }

    [Fact]
    public async Task Version_Asked_IsJson()
    {
        await using var server = await TestServer.StartAsync();

        var (status, body) = await GetAsync(server, "/version");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual("", JsonDocument.Parse(body).RootElement.GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("/nothing-here")]
    [InlineData("/machine/register")]
    [InlineData("/machine/map")]
    [InlineData("/machine/whoami")]
    public async Task Get_UnknownPath_Is404WithSentence(string path)
    {
        await using var server = await TestServer.StartAsync();

        var (status, body) = await GetAsync(server, path);

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.NotEmpty(body);
    }

    [Theory]
    [InlineData("/machine/register")]
    [InlineData("/machine/map")]
    public async Task Post_MachinePathOutsideChannel_IsRefused(string path)
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient();

        using var response = await http.PostAsync(new Uri(server.Url, path), new StringContent("{}"), Token);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static async Task<(HttpStatusCode Status, byte[] Body)> GetAsync(TestServer server, string path)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(server.Url, path), Token);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(Token));
    }
}
