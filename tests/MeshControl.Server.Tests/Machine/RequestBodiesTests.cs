using System.IO.Pipelines;
using System.Text;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Machine;
using MeshControl.Server.Tests.Http;
using MeshControl.Testing.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MeshControl.Server.Tests.Machine;

public sealed class RequestBodiesTests
{
    private static readonly LimitOptions Limits = new();

    private readonly ManualTimeProvider _time = new();
    private readonly RequestBodies _bodies;

    public RequestBodiesTests() => _bodies = new RequestBodies(Limits, _time);

    [Fact]
    public async Task Read_SlowerThanAllowed_Is408()
    {
        var request = new Incoming();
        var reading = _bodies.ReadAsync<RegisterRequest>(request.Context);
        await request.SendAsync("{\"Version\":");

        _time.Advance(Limits.RequestTimeout - TimeSpan.FromSeconds(1));
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await reading);
        Assert.Equal(StatusCodes.Status408RequestTimeout, request.Context.Response.StatusCode);
        Assert.Contains("30 seconds", request.Answer, StringComparison.Ordinal);
        Assert.Equal(0, _bodies.UnfinishedBytes);
    }

    [Fact]
    public void Begin_MoreWithoutAByteThanAreHeld_TheOldestHasToGo()
    {
        const long Fitting = RequestBodies.MaxUnfinished / RequestBodies.BaseCost;
        using var end = new CancellationTokenSource();
        using var others = new CancellationTokenSource();
        var oldest = _bodies.Begin(end);
        for (var i = 1; i < Fitting; i++)
        {
            _bodies.Begin(others);
        }

        Assert.False(oldest.IsEvicted);
        _bodies.Begin(others);

        Assert.True(oldest.IsEvicted);
        Assert.True(end.IsCancellationRequested);
        Assert.False(others.IsCancellationRequested);
    }

    [Fact]
    public async Task Read_MoreUnfinishedThanAllInAll_TheOldestAreRefusedWith503()
    {
        const int Length = RequestBodies.MaxLength - 1;
        const int Fitting = (int)(RequestBodies.MaxUnfinished / (Length + RequestBodies.BaseCost));
        var requests = new List<(Incoming Request, Task<RegisterRequest?> Reading)>();
        for (var i = 0; i <= Fitting; i++)
        {
            var request = new Incoming();
            requests.Add((request, _bodies.ReadAsync<RegisterRequest>(request.Context)));
            await request.SendAsync(new string(' ', Length));
        }

        Assert.Null(await requests[0].Reading);
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, requests[0].Request.Context.Response.StatusCode);
        Assert.InRange(_bodies.UnfinishedBytes, RequestBodies.MaxUnfinished - (2 * (Length + RequestBodies.BaseCost)), RequestBodies.MaxUnfinished);
        foreach (var (request, reading) in requests.Skip(1))
        {
            Assert.False(reading.IsCompleted);
            await request.EndAsync("{\"Version\":138}"[..1]);
            await reading;
            Assert.Equal(StatusCodes.Status400BadRequest, request.Context.Response.StatusCode);
        }

        Assert.Equal(0, _bodies.UnfinishedBytes);
    }

    [Fact]
    public async Task Read_BodyInPieces_IsParsedAndHoldsNothingAfterwards()
    {
        var request = new Incoming();
        var reading = _bodies.ReadAsync<RegisterRequest>(request.Context);
        await request.SendAsync("{\"Version\":");
        await request.EndAsync("138}");

        Assert.Equal(138, (await reading)!.Version);
        Assert.Equal(0, _bodies.UnfinishedBytes);
    }

    /// <summary>A request whose body arrives as the test says.</summary>
    private sealed class Incoming : IRequestBodyPipeFeature
    {
        // A writer never waits for its reader here.
        private readonly Pipe _body = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));

        public Incoming()
        {
            Context.Response.Body = new MemoryStream();
            Context.Features.Set<IHttpRequestLifetimeFeature>(new RequestLifetime());
            Context.Features.Set<IRequestBodyPipeFeature>(this);
        }

        public DefaultHttpContext Context { get; } = new();

        public PipeReader Reader => _body.Reader;

        public string Answer => Encoding.UTF8.GetString(((MemoryStream)Context.Response.Body).ToArray());

        public async Task SendAsync(string text) => await _body.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);

        public async Task EndAsync(string text)
        {
            await SendAsync(text);
            await _body.Writer.CompleteAsync();
        }
    }
}
