using System.Globalization;
using System.IO.Compression;
using MeshControl.Server.RelayMaps;
using MeshControl.Testing.Time;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Tests.RelayMaps;

/// <summary>What a host may do to the server that asks it.</summary>
public sealed class MapDownloadTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly MapDownload _download;
    private MapHost _host = null!;

    public MapDownloadTests() => _download = new MapDownload(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await MapHost.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _download.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Get_LargestAnswer_IsTakenAndOneByteMoreIsNot()
    {
        _host.Say(new string(' ', MapDownload.MaxBytes));
        Assert.Equal(MapDownload.MaxBytes, (await GetAsync()).New!.Text.Length);

        _host.Say(new string(' ', MapDownload.MaxBytes + 1));
        Assert.Equal("it is larger than 4 MiB", (await GetAsync()).Problem);
    }

    [Fact]
    public async Task Get_SmallTextThatUnpacksToAHugeOne_IsRefused()
    {
        _host.Answer = async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            var spaces = new byte[64 * 1024];
            for (var sent = 0; sent <= 4 * MapDownload.MaxBytes && !context.RequestAborted.IsCancellationRequested; sent += spaces.Length)
            {
                await gzip.WriteAsync(spaces, CancellationToken.None);
            }
        };

        Assert.Equal("it is larger than 4 MiB", (await GetAsync()).Problem);
    }

    [Fact]
    public async Task Get_HostThatNeverAnswers_IsGivenUp()
    {
        var asked = new TaskCompletionSource();
        _host.Answer = async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };

        var answer = GetAsync();
        await asked.Task.WaitAsync(Token);
        _time.Advance(MapDownload.Timeout);

        Assert.Equal("it did not answer within 30 seconds", (await answer).Problem);
    }

    [Fact]
    public async Task Get_HostThatStopsInTheMiddle_IsGivenUp()
    {
        var begun = new TaskCompletionSource();
        _host.Answer = async context =>
        {
            await context.Response.WriteAsync("regions:", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            begun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };

        var answer = GetAsync();
        await begun.Task.WaitAsync(Token);
        _time.Advance(MapDownload.Timeout);

        Assert.Equal("it did not answer within 30 seconds", (await answer).Problem);
    }

    [Fact]
    public async Task Get_Redirects_AreFollowedSoOftenAndNotOnceMore()
    {
        _host.Answer = context =>
        {
            var left = int.Parse(context.Request.Path.Value![1..], CultureInfo.InvariantCulture);
            if (left == 0)
            {
                return context.Response.WriteAsync("regions: {1: null}");
            }

            context.Response.Redirect($"/{left - 1}");
            return Task.CompletedTask;
        };

        Assert.Equal("regions: {1: null}", (await _download.GetAsync(_host.Url($"/{MapDownload.MaxRedirects}"), null, Token)).New!.Text);
        Assert.Contains(
            "redirects (302) more than 5 times",
            (await _download.GetAsync(_host.Url($"/{MapDownload.MaxRedirects + 1}"), null, Token)).Problem,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "it answers 404")]
    [InlineData(204, "it answers 204")]
    [InlineData(304, "redirects (304)")]
    public async Task Get_OtherAnswers_AreNoMap(int status, string complaint)
    {
        _host.Fail(status);

        Assert.Contains(complaint, (await GetAsync()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NobodyThere_SaysSoInOneLine()
    {
        var url = _host.Url();
        await _host.DisposeAsync();

        var problem = (await _download.GetAsync(url, null, Token)).Problem!;

        Assert.StartsWith("it cannot be fetched (", problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
    }

    [Fact]
    public async Task Get_Headers_AreKeptAndSentBack()
    {
        _host.Answer = context =>
        {
            context.Response.Headers.ETag = "W/\"x\"";
            context.Response.Headers.LastModified = "Sat, 01 Aug 2026 10:00:00 GMT";
            if (context.Request.Headers.IfNoneMatch == "W/\"x\"")
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync("\uFEFFregions:");
        };

        var first = await GetAsync();
        var second = await _download.GetAsync(_host.Url(), first.New, Token);

        Assert.Equal(("regions:", "W/\"x\"", "Sat, 01 Aug 2026 10:00:00 GMT"), (first.New!.Text, first.New.ETag, first.New.LastModified));
        Assert.Equal(MapAnswer.Unchanged, second);
        Assert.Equal("Sat, 01 Aug 2026 10:00:00 GMT", _host.Requests.Last().IfModifiedSince);
    }

    private Task<MapAnswer> GetAsync() => _download.GetAsync(_host.Url(), null, Token);
}
