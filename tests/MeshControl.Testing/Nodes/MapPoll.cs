using System.Text.Json;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Netmaps;

namespace MeshControl.Testing.Nodes;

/// <summary>
/// The loop of a client that keeps a map stream open: it opens one, applies its messages, gives up after two silent
/// minutes, and tries again at once or after growing waits.
/// </summary>
internal sealed class MapPoll(SimulatedNodeOptions options, NetmapWatch netmaps, NodeTraffic traffic)
{
    // A stock client's watchdog, which also covers the wait for the head of the answer.
    private static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(120);

    private readonly PingAnswers _pings = new();
    private Run? _run;

    /// <summary>Why the last stream ended or failed to open.</summary>
    public string? LastFault { get; private set; }

    public void Start(ControlClient client, Func<MapRequest> request)
    {
        if (_run is not null)
        {
            throw new InvalidOperationException("The node polls already.");
        }

        var run = new Run();
        _run = run;
        run.Loop = RunAsync(client, request, run);
    }

    /// <summary>Ends the stream and waits for the loop.</summary>
    public Task StopAsync()
    {
        var run = _run;
        _run = null;
        return Task.WhenAll(run?.StopAsync() ?? Task.CompletedTask, _pings.FinishAsync());
    }

    /// <summary>Lets a new loop be started, and ends the present one after that: so two streams overlap.</summary>
    /// <param name="start">Starts the new one and waits until it stands.</param>
    public async Task ReplaceAsync(Func<Task> start)
    {
        var run = _run;
        _run = null;
        if (run is not null)
        {
            // The server may end the old stream for the new one's sake, which is no reason to open it again.
            run.IsLast = true;
        }

        try
        {
            await start();
        }
        finally
        {
            if (run is not null)
            {
                await run.StopAsync();
            }
        }
    }

    private async Task RunAsync(ControlClient client, Func<MapRequest> request, Run run)
    {
        var backoff = new Backoff(options.Time);
        while (!run.Stopping.IsCancellationRequested)
        {
            try
            {
                await StreamAsync(client, request(), backoff, run.Stopping);
                LastFault = "the server ended the stream";
            }
            catch (OperationCanceledException) when (run.Stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (IsExpected(e))
            {
                LastFault = $"{e.GetType().Name}: {e.Message}";
            }

            if (run.IsLast)
            {
                return;
            }

            try
            {
                await backoff.FailAsync(run.Stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static bool IsExpected(Exception e) => e
        is ControlException or HttpRequestException or IOException or InvalidDataException or JsonException
        or OperationCanceledException or System.Net.Sockets.SocketException or System.Net.WebSockets.WebSocketException
        or System.Security.Authentication.AuthenticationException;

    private static MapResponse WithoutPeers(MapResponse message) => message with
    {
        Peers = null,
        PeersChanged = null,
        PeersChangedPatch = null,
        PeersRemoved = null,
        OnlineChange = null,
        PeerSeenChange = null,
    };

    private async Task StreamAsync(ControlClient client, MapRequest request, Backoff backoff, CancellationToken cancellationToken)
    {
        using var watchdog = new CancellationTokenSource(Watchdog, options.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, watchdog.Token);
        using var response = await client.OpenMapAsync(request, linked.Token);
        var number = traffic.AddStream();
        await using var reader = new MapStreamReader(
            await response.Content.ReadAsStreamAsync(linked.Token), number, request.Compress is not null, options.Time, options.Pool);
        var rules = new NetmapRules(request.Version, options.Time, options.Pool);
        Netmap? netmap = null;
        while (await reader.ReadAsync(linked.Token) is { } message)
        {
            watchdog.CancelAfter(Watchdog);
            backoff.Succeed();
            var heard = options.EditMessage?.Invoke(message.Message) ?? message.Message;
            netmap = rules.Apply(netmap, options.KeepsPeers ? heard : WithoutPeers(heard));
            traffic.AddMessage(message, options.RecordsMessages);
            if (netmap is not null && !message.Message.KeepAlive)
            {
                netmaps.Publish(netmap with { Stream = number });
            }

            if (message.Message.PingRequest is { } ping)
            {
                _pings.Begin(ping, client);
            }

            options.MessageReceived?.Invoke(message);
        }

        if (netmap is null)
        {
            traffic.AddEmptyStream();
            throw new InvalidDataException("unexpected EOF: the server ended the stream before its first message");
        }
    }

    private sealed class Run : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private volatile bool _isLast;

        public CancellationToken Stopping => _stop.Token;

        public Task Loop { get; set; } = Task.CompletedTask;

        public bool IsLast
        {
            get => _isLast;
            set => _isLast = value;
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await Loop;
            Dispose();
        }

        public void Dispose() => _stop.Dispose();
    }
}
