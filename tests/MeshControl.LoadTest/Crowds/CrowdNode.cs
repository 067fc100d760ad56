using System.Diagnostics;
using System.Net;
using MeshControl.LoadTest.Arguments;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Nodes;

namespace MeshControl.LoadTest.Crowds;

/// <summary>One simulated node, and when it learned what. Times are those of <see cref="Stopwatch.GetTimestamp"/>.</summary>
public sealed class CrowdNode : IAsyncDisposable
{
    private readonly LoadOptions _options;
    private readonly SimulatedNode _node;
    private TaskCompletionSource _complete = NewSource();
    private Sighting? _awaited;
    private int _roundStream;
    private long _streamAskedAt;
    private long _firstMapAt;
    private long _completeAt;

    public CrowdNode(LoadOptions options, ControlEndpoint endpoint, NetmapPool pool, int number)
    {
        _options = options;
        Number = number;
        _node = new SimulatedNode(new SimulatedNodeOptions
        {
            Endpoint = endpoint,
            Hostname = $"{options.Prefix}-{number}",
            AuthKey = options.AuthKey,
            RecordsMessages = false,
            Pool = pool,
            // All that a client finds out about itself is told with the first request, as by one that was here before.
            EditProfile = profile => profile.WithPeerApi(PeerApiPort).WithHome(HomeRegion).WithEndpoints(EndpointAfter(0)),
            EditMessage = options.EditMessages?.Invoke(number),
            MessageReceived = _ => Look(),
        });
    }

    // Any will do; servers pass them on without looking.
    private const ushort PeerApiPort = 50000;
    private const int HomeRegion = 900;
    private const int FirstPort = 41641;

    public int Number { get; }

    public string Name => _node.Hostname;

    public NodeTraffic Traffic => _node.Traffic;

    public SimulatedNode Node => _node;

    /// <summary>Why the last map stream ended or could not be opened.</summary>
    public string? LastFault => _node.LastStreamFault;

    /// <summary>Registrations that had to be tried again.</summary>
    public int Retries { get; private set; }

    /// <summary>From the first request to the answer that let the node in.</summary>
    public TimeSpan RegisterTime { get; private set; }

    /// <summary>From the stream's request to its first map; null if there was none in this round.</summary>
    public TimeSpan? FirstMapTime =>
        Volatile.Read(ref _firstMapAt) is var at and not 0 ? Stopwatch.GetElapsedTime(_streamAskedAt, at) : null;

    /// <summary>The whole map is there, and all peers that the node is to know.</summary>
    public Task Complete => Volatile.Read(ref _complete).Task;

    /// <summary>When that was; 0 if it is not so.</summary>
    public long CompleteAt => Volatile.Read(ref _completeAt);

    /// <summary>Registers, as often as it takes while the server is out of reach.</summary>
    /// <exception cref="LoadException">The server does not let the node in.</exception>
    public async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(TimeProvider.System);
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await _node.RegisterAsync(_options.AuthKey, cancellationToken);
                RegisterTime = Stopwatch.GetElapsedTime(began);
                return;
            }
            catch (ControlException e) when (e.Status is null or (>= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError))
            {
                throw new LoadException($"The server does not let {Name} in: {e.Message}", e);
            }
            catch (Exception e) when (Crowd.IsExpected(e) || e is OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Retries++;
                await backoff.FailAsync(cancellationToken);
            }
        }
    }

    public void BeginRound()
    {
        Volatile.Write(ref _complete, NewSource());
        Volatile.Write(ref _firstMapAt, 0);
        Volatile.Write(ref _completeAt, 0);
        _roundStream = _node.Traffic.Streams;
    }

    /// <summary>Opens the map stream, and keeps it open from now on.</summary>
    public void Connect()
    {
        _streamAskedAt = Stopwatch.GetTimestamp();
        _node.StartPolling();
    }

    /// <summary>Cuts stream and channel.</summary>
    public Task CutAsync() => _node.StopAsync();

    /// <summary>The endpoint that the node has after so many changes.</summary>
    public IPEndPoint EndpointAfter(int changes) =>
        new(new IPAddress([198, 18, (byte)(Number >> 8), (byte)Number]), FirstPort + changes);

    /// <summary>Moves to the endpoint, and tells the server.</summary>
    public Task MoveAsync(IPEndPoint endpoint, CancellationToken cancellationToken) =>
        _node.UpdateAsync(profile => profile.WithEndpoints(endpoint), cancellationToken);

    /// <summary>Watches out for a peer at an endpoint. One at a time.</summary>
    /// <returns>When it was seen.</returns>
    public Task<long> SeeAsync(long peer, IPEndPoint endpoint)
    {
        var sighting = new Sighting(peer, endpoint);
        Volatile.Write(ref _awaited, sighting);
        Look();
        return sighting.Seen;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Called with every message; so it looks at numbers before it looks at anything else.
    private void Look()
    {
        if (!_node.HasNetmap)
        {
            return;
        }

        var netmap = _node.Netmap;
        var now = Stopwatch.GetTimestamp();
        if (Volatile.Read(ref _completeAt) == 0 && netmap.Stream > _roundStream)
        {
            Interlocked.CompareExchange(ref _firstMapAt, now, 0);
            if (netmap.Peers.Count >= _options.ExpectedPeers)
            {
                Volatile.Write(ref _completeAt, now);
                Volatile.Read(ref _complete).TrySetResult();
            }
        }

        if (Volatile.Read(ref _awaited) is { } awaited && awaited.IsIn(netmap))
        {
            Volatile.Write(ref _awaited, null);
            awaited.Report(now);
        }
    }

    private sealed class Sighting(long peer, IPEndPoint endpoint)
    {
        private readonly TaskCompletionSource<long> _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<long> Seen => _seen.Task;

        public bool IsIn(Netmap netmap) =>
            netmap.Peers.TryGetValue(peer, out var node) && node.Endpoints is { } endpoints && endpoints.Span.Contains(endpoint);

        public void Report(long at) => _seen.TrySetResult(at);
    }
}
