using MeshControl.Derp.Diagnostics;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Relay;

/// <summary>What the connections of one relay share.</summary>
internal sealed class RelayHub : IAsyncDisposable
{
    /// <summary>A client that is connected for longer than this and only then calls the relay its home has moved here.</summary>
    public const int MoveSeconds = 5;

    /// <summary>Keep-alives of connections that began together are spread over this many seconds.</summary>
    private const int JitterSeconds = 5;

    private static readonly byte[] DuplicateProblem = HealthFrame(
        "this node's key is in use on another device at the same time; was the device copied? Log one of them out and in again"u8);

    private static readonly byte[] NoProblem = HealthFrame([]);

    private readonly ILogger _logger;
    private readonly LogThrottle _fightLines;
    private uint _random = 2_463_534_242;

    public RelayHub(RelayOptions options, X25519PrivateKey key, TimeProvider time, ILogger logger)
    {
        Options = options;
        Key = key;
        Time = time;
        Clock = new RelayClock(time, logger);
        Registry = new PeerRegistry(options.MaxConnectionsPerKey);
        Watchers = new MeshWatchers(Registry);
        Metrics = new RelayMetrics();
        Metrics.Observe(Registry, Watchers);
        _logger = logger;
        _fightLines = new LogThrottle(time, linesPerMinute: 10);
    }

    public RelayOptions Options { get; }

    public X25519PrivateKey Key { get; }

    public TimeProvider Time { get; }

    public RelayClock Clock { get; }

    public PeerRegistry Registry { get; }

    public MeshWatchers Watchers { get; }

    public RelayMetrics Metrics { get; }

    /// <summary>Between 60 and 65 seconds; the clock's seconds are rounded down, hence one more.</summary>
    public int NextKeepAlive() =>
        DerpProtocol.KeepAliveSeconds + 1 + (int)(NextFraction() * JitterSeconds);

    /// <summary>At least 0, less than 1. Any spread will do where this is used: steps of the golden ratio.</summary>
    public double NextFraction() => Interlocked.Add(ref _random, 0x9e37_79b9) / (uint.MaxValue + 1.0);

    /// <summary>The client can be reached from now on.</summary>
    public PeerSlot Register(RelayConnection connection)
    {
        var slot = Registry.Add(connection, out var evicted);
        if (evicted is not null)
        {
            Metrics.Closed("duplicates");
            evicted.Close();
        }

        if (slot.Connections.Length > 1)
        {
            Metrics.DuplicateAccepted();
        }

        Clock.KeepAlives.Add(connection, connection.KeepAliveSeconds);
        Watchers.OnConnected(connection);
        Log.ClientConnected(_logger, connection.Key, connection.Remote);
        return slot;
    }

    public void Unregister(RelayConnection connection, PeerSlot slot, string reason)
    {
        connection.Close();
        connection.LeaveHome();
        Clock.KeepAlives.Remove(connection);
        if (connection.IsMeshPeer)
        {
            Watchers.Remove(connection);
        }

        foreach (var seen in connection.Seen.TakeAll())
        {
            seen.RemoveReceiver(connection);
        }

        Registry.Remove(connection, slot, out var left);
        if (left == 0)
        {
            Watchers.OnGone(connection.Key);
        }
        else if (left == 1 && slot.Fights?.OnAlone() == true)
        {
            TellHealth(slot, NoProblem);
        }

        Log.ClientDisconnected(_logger, connection.Key, reason);
    }

    /// <summary>A connection of a key that has several has sent something.</summary>
    public void OnSpoke(RelayConnection connection, PeerSlot slot)
    {
        if (slot.MakeActive(connection) && slot.Fights?.OnTurn(Clock.Seconds) == true)
        {
            TellHealth(slot, DuplicateProblem);
            if (_fightLines.TryPass(out var suppressed))
            {
                Log.KeyUsedTwice(_logger, connection.Key, slot.Connections.Length, suppressed);
            }
        }
    }

    /// <summary>Closes all connections of a key.</summary>
    public void Disconnect(NodePublicKey key, string reason)
    {
        foreach (var connection in Registry.Find(key)?.Connections ?? [])
        {
            Metrics.Closed(reason);
            connection.Close();
        }
    }

    public ILogger Logger => _logger;

    public void WriteFailed(Exception exception) => Log.WriteFailed(_logger, exception.Message);

    public async ValueTask DisposeAsync()
    {
        await Clock.DisposeAsync();
        Metrics.Dispose();
    }

    private static void TellHealth(PeerSlot slot, byte[] frame)
    {
        foreach (var connection in slot.Connections)
        {
            connection.Outbox.Post(frame, static (queue, frame) => queue.SetHealth(frame));
        }
    }

    private static byte[] HealthFrame(ReadOnlySpan<byte> problem)
    {
        var frame = new byte[DerpProtocol.HeaderLength + problem.Length];
        DerpFrame.WriteHealth(frame, problem);
        return frame;
    }
}
