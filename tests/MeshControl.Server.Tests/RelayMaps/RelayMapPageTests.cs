using System.Net;
using System.Net.Http.Headers;
using MeshControl.Protocol.Control;
using MeshControl.Server.RelayMaps;
using MeshControl.Server.Tests.Hosting;

namespace MeshControl.Server.Tests.RelayMaps;

/// <summary>The map where tools look for it.</summary>
public sealed class RelayMapPageTests : IAsyncDisposable
{
    private readonly ServerBench _bench = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_Map_IsJsonWithATagAndNotSentTwice()
    {
        var map = MapBench.Map(MapBench.Region(900, "900a"));
        _bench.Options = _bench.Options with
        {
            Derp = _bench.Options.Derp with { Map = map, Server = _bench.Options.Derp.Server with { Enabled = false } },
        };
        await _bench.StartAsync();

        using var first = await SendAsync(HttpMethod.Get, tag: null);
        using var again = await SendAsync(HttpMethod.Get, first.Headers.ETag);
        using var other = await SendAsync(HttpMethod.Get, new EntityTagHeaderValue("\"other\""));
        using var head = await SendAsync(HttpMethod.Head, tag: null);

        var body = await first.Content.ReadAsByteArrayAsync(Token);
        Assert.Equal(map, ControlJson.Parse<DerpMap>(body));
        Assert.Equal("application/json", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK), (again.StatusCode, other.StatusCode));
        Assert.Empty(await again.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal((HttpStatusCode.OK, (long?)body.Length), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _bench.DisposeAsync();
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, EntityTagHeaderValue? tag)
    {
        var request = new HttpRequestMessage(method, new Uri(_bench.Url, RelayMapPage.Path));
        if (tag is not null)
        {
            request.Headers.IfNoneMatch.Add(tag);
        }

        return _http.SendAsync(request, Token);
    }
}
