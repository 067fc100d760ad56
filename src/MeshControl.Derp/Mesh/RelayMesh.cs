using MeshControl.Derp.Client;
using MeshControl.Derp.Relay;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Mesh;

/// <summary>
/// Makes relays one region: a client may be connected to any of them. Each relay keeps a link to each other one, learns from it
/// who is there, and sends packets for them across, one hop and no more.
/// </summary>
public sealed class RelayMesh : IAsyncDisposable
{
    private readonly MeshLink[] _links;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <param name="others">The other relays of the region; this one may be among them and is left out then.</param>
    /// <param name="identity">Of this relay.</param>
    /// <param name="relay">This relay.</param>
    /// <param name="jitter">For the times between attempts to connect.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">For all links.</param>
    public RelayMesh(
        IReadOnlyList<RelayEndpoint> others,
        MeshIdentity identity,
        RelayServer relay,
        Random jitter,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        _links = [.. others.Select(other => new MeshLink(other, identity, relay, jitter, time, loggers.CreateLogger<MeshLink>()))];
        Metrics = new MeshMetrics(_links);
        Array.ForEach(_links, link => link.Metrics = Metrics);
    }

    public MeshMetrics Metrics { get; }

    /// <summary>The links, in the order of the other relays.</summary>
    internal IReadOnlyList<MeshLink> Links => _links;

    /// <summary>Connects, now and whenever a connection broke.</summary>
    public void Start() => _running = Task.WhenAll(_links.Select(link => link.RunAsync(_stop.Token)));

    /// <summary>Ends all links; the relay forgets the clients behind them.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        Metrics.Dispose();
    }
}
