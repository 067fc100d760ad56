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
    private readonly WatchBoard _board;
    private readonly int _expectedPeers;
    private TaskCompletionSource _complete = NewSource();
    private int _roundStream;
    private int _changes;
    private long _streamAskedAt;
    private long _firstMapAt;
    private long _completeAt;

    public CrowdNode(LoadOptions options, ControlEndpoint endpoint, NetmapPool pool, WatchBoard board, int number)
    {
        _options = options;
        _board = board;
        _expectedPeers = options.PeersOf(number);
        Number = number;
        AuthKey = CurrentKey = options.AuthKeys[options.GroupOf(number)];
        _node = new SimulatedNode(new SimulatedNodeOptions
        {
            Endpoint = endpoint,
            Hostname = $"{options.Prefix}-{number}",
            AuthKey = AuthKey,
            RecordsMessages = false,
            Pool = pool,
            // All that a client finds out about itself is told with the first request, as by one that was here before.
            EditProfile = profile => profile.WithPeerApi(PeerApiPort).WithHome(HomeRegion).WithEndpoints(EndpointAfter(0)),
            EditMessage = options.EditMessages?.Invoke(number),
            MessageReceived = Look,
        });
    }

    // Any will do; servers pass them on without looking.
    private const ushort PeerApiPort = 50000;
    private const int HomeRegion = 900;
    private const int FirstPort = 41641;
    private const int Ports = 20_000;

    public int Number { get; }

    /// <summary>What it logs in with first.</summary>
    public string AuthKey { get; }

    /// <summary>Has an open stream or tries to get one; false before it joined, and after something went wrong that it cannot mend.</summary>
    public bool IsPresent { get; set; }

    /// <summary>Peers that it is to know.</summary>
    public int ExpectedPeers => _expectedPeers;

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
                await _node.RegisterAsync(AuthKey, cancellationToken);
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

    /// <summary>The key with which it logged in last.</summary>
    public string CurrentKey { get; private set; }

    /// <summary>Logs in and takes part, as one that was not there or has logged out; returns when it has its first map.</summary>
    public async Task LogInAsync(string authKey, CancellationToken cancellationToken)
    {
        CurrentKey = authKey;
        var streams = _node.Traffic.Streams;
        await _node.RegisterAsync(authKey, cancellationToken);
        Connect();
        await _node.WaitForAsync(map => map.Stream > streams).WaitAsync(cancellationToken);
    }

    /// <summary>Opens the map stream, and keeps it open from now on.</summary>
    public void Connect()
    {
        _streamAskedAt = Stopwatch.GetTimestamp();
        IsPresent = true;
        _node.StartPolling();
    }

    /// <summary>Cuts stream and channel.</summary>
    public Task CutAsync() => _node.StopAsync();

    /// <summary>The endpoint that the node has after so many changes; no other one ever has it.</summary>
    public IPEndPoint EndpointAfter(int changes) =>
        new(new IPAddress([198, (byte)(18 + (changes / Ports)), (byte)(Number >> 8), (byte)Number]), FirstPort + (changes % Ports));

    /// <summary>Where the node goes next.</summary>
    public IPEndPoint NextEndpoint() => EndpointAfter(++_changes);

    /// <summary>Moves to the endpoint, and tells the server.</summary>
    public Task MoveAsync(IPEndPoint endpoint, CancellationToken cancellationToken) =>
        _node.UpdateAsync(profile => profile.WithEndpoints(endpoint), cancellationToken);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Called with every message; so it looks at numbers before it looks at anything else.
    private void Look(ReceivedMessage received)
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
            if (netmap.Peers.Count >= _expectedPeers)
            {
                Volatile.Write(ref _completeAt, now);
                Volatile.Read(ref _complete).TrySetResult();
            }
        }

        _board.Look(Number, netmap, received.Message, now);
    }
}
