using System.IO.Pipelines;
using System.Text;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Machine;
using MeshControl.Server.Noise;
using MeshControl.Server.Tests.Http;
using MeshControl.Server.Tests.Rpc;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Tests.Machine;

/// <summary>Requests inside channels without a connection, for what a connection does only now and then.</summary>
public sealed class MachineEndpointsTests : IDisposable
{
    private const string UpdateHealth = "/machine/update-health";

    private readonly LogCollector _log = new();
    private readonly LoggerFactory _loggers;
    private readonly MachineEndpoints _endpoints;
    private readonly DefaultHttpContext _context = new();
    private readonly MemoryStream _answer = new();
    private readonly RequestLifetime _lifetime = new();

    public MachineEndpointsTests()
    {
        _loggers = new LoggerFactory([_log]);

        // The paths of these tests need none of the handlers.
        var bodies = new RequestBodies(new LimitOptions(), TimeProvider.System);
        _endpoints = new MachineEndpoints(
            register: null!, map: null!, ssh: null!, pings: null!, bodies, new ServerMetrics(TimeProvider.System), _loggers.CreateLogger<MachineEndpoints>());
        _context.Response.Body = _answer;
        _context.Features.Set<IHttpRequestLifetimeFeature>(_lifetime);
    }

    // That the client left shows in the body first, and in the request's token some time later.
    public static TheoryData<Exception> WaysToLeave =>
    [
        new ConnectionResetException("The client reset the request stream."),
        new ConnectionAbortedException("The connection was closed."),
        new TaskCanceledException("The request was aborted."),
        new IOException("A record does not authenticate."),
    ];

    private string Answer => Encoding.UTF8.GetString(_answer.ToArray());

    public void Dispose()
    {
        _loggers.Dispose();
        _lifetime.Dispose();
    }

    [Fact]
    public async Task Request_HandlerFails_Is500WithoutDetailsAndAnErrorInTheLog()
    {
        await PostAsync(new InvalidOperationException("secret detail"));

        Assert.Equal(StatusCodes.Status500InternalServerError, _context.Response.StatusCode);
        Assert.Equal("internal error\n", Answer);
        var entry = Assert.Single(_log.Entries);
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.Equal("secret detail", entry.Exception!.Message);
    }

    [Fact]
    public async Task Request_HandlerFailsInTheMidstOfItsAnswer_IsCutOff()
    {
        _context.Features.Set<IHttpResponseFeature>(new StartedResponse());

        await PostAsync(new InvalidOperationException("secret detail"));

        Assert.Equal(1, _lifetime.Aborts);
        Assert.Single(_log.Entries);
    }

    [Theory]
    [MemberData(nameof(WaysToLeave))]
    public async Task Request_ClientLeavesInTheMidstOfItsBody_IsNoErrorOfTheServer(Exception exception)
    {
        await PostAsync(exception);

        Assert.Empty(_log.Entries);
        Assert.Equal("", Answer);
        Assert.Equal(1, _lifetime.Aborts);
    }

    [Fact]
    public async Task Request_BodyThatTheWebServerRefuses_HasItsStatusAndASentence()
    {
        await PostAsync(new BadHttpRequestException("Unexpected end of request content.", StatusCodes.Status400BadRequest));

        Assert.Equal(StatusCodes.Status400BadRequest, _context.Response.StatusCode);
        Assert.EndsWith("content.\n", Answer, StringComparison.Ordinal);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task Request_LongUnknownPath_IsNotRepeatedWhole()
    {
        _context.Request.Path = "/" + new string('a', 5000);
        _context.Request.Method = HttpMethods.Get;

        await _endpoints.HandleAsync(_context, new Peer());

        Assert.Equal(StatusCodes.Status404NotFound, _context.Response.StatusCode);
        Assert.InRange(Answer.Length, 1, 200);
        Assert.Single(Answer, '\n');
    }

    private Task PostAsync(Exception failure)
    {
        _context.Request.Method = HttpMethods.Post;
        _context.Request.Path = UpdateHealth;
        _context.Features.Set<IRequestBodyPipeFeature>(new Body(new FailingReader(failure)));
        return _endpoints.HandleAsync(_context, new Peer());
    }

    private sealed record Body(PipeReader Reader) : IRequestBodyPipeFeature;

    private sealed class Peer : INoisePeer
    {
        public MachinePublicKey MachineKey => default;

        public int Version => 138;
    }

    private sealed class StartedResponse : HttpResponseFeature
    {
        public override bool HasStarted => true;
    }

    private sealed class FailingReader(Exception failure) : PipeReader
    {
        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => throw failure;

        public override bool TryRead(out ReadResult result) => throw failure;

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
