using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Listeners;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MeshControl.Server.Noise;

/// <summary>A web server for channels alone, since the pace of HTTP/2 pings is a setting of a whole server.</summary>
internal sealed class ChannelServer : IDisposable
{
    private readonly KestrelServer _kestrel;

    /// <param name="pace">When a silent client is asked whether it is there, and how long it may take to answer.</param>
    /// <param name="limits">The operator's.</param>
    /// <param name="loggers">Where messages go.</param>
    public ChannelServer(PingPace pace, LimitOptions limits, ILoggerFactory loggers)
    {
        var options = new KestrelServerOptions();
        ServerListeners.ConfigureForChannels(options, limits);
        options.Limits.Http2.KeepAlivePingDelay = pace.Silence;
        options.Limits.Http2.KeepAlivePingTimeout = pace.Answer;
        _kestrel = new KestrelServer(Options.Create(options), new NoiseListenerFactory(Listener), loggers);
    }

    /// <summary>Takes channels in.</summary>
    public NoiseListener Listener { get; } = new();

    public Task StartAsync(Func<HttpContext, INoisePeer, Task> handler, CancellationToken cancellationToken) =>
        _kestrel.StartAsync(new Application(handler), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _kestrel.StopAsync(cancellationToken);

    public void Dispose() => _kestrel.Dispose();

    private sealed class Application(Func<HttpContext, INoisePeer, Task> handler) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => handler(context, context.Features.GetRequiredFeature<INoisePeer>());

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
