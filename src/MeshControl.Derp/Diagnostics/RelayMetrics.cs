using System.Diagnostics.Metrics;
using MeshControl.Derp.Relay;
using MeshControl.Protocol.Derp;

namespace MeshControl.Derp.Diagnostics;

/// <summary>
/// What the relay counts. Readers and writers add once per batch, to plain numbers; who listens looks them up. There is no number per client:
/// it would be a series for each, and cost memory on the packets' path.
/// </summary>
public sealed class RelayMetrics : IDisposable
{
    public const string MeterName = "MeshControl.Derp";

    private static readonly string[] Kinds = ["data", "disco"];

    private static readonly string[] DropReasons =
        ["unknown_dest", "unknown_dest_on_fwd", "gone_disconnected", "queue_head", "write_error"];

    /// <summary>Frames that went out in one write, and the upper end of each group.</summary>
    private static readonly (string Name, int Most)[] WriteSizes = [("1", 1), ("2-4", 4), ("5-16", 16), ("17+", int.MaxValue)];

    private readonly long[] _received = new long[2];
    private readonly long[] _receivedBytes = new long[2];
    private readonly long[] _sent = new long[2];
    private readonly long[] _sentBytes = new long[2];
    private readonly long[] _dropped = new long[2 * DropReasons.Length];
    private readonly long[] _droppedBytes = new long[2 * DropReasons.Length];
    private readonly long[] _writes = new long[WriteSizes.Length];
    private readonly long[] _forwarded = new long[2];
    private readonly long[] _peerGone = new long[2];
    private readonly long[] _homeMoves = new long[2];
    private readonly Counter<long> _refused;
    private readonly Counter<long> _closed;
    private long _accepted;
    private long _duplicates;
    private long _pings;
    private long _pongs;
    private long _unknownFrames;
    private long _rateWaits;
    private int _home;

    public RelayMetrics()
    {
        Meter = new Meter(MeterName);
        _refused = Meter.CreateCounter<long>("meshcontrol.relay.connections.refused", null, "Connections that were not let in, by reason.");
        _closed = Meter.CreateCounter<long>("meshcontrol.relay.connections.closed", null, "Clients that the relay disconnected, by reason.");
        ObserveTraffic();
        ObserveClients();
    }

    /// <summary>What a listener asks for.</summary>
    public Meter Meter { get; }

    public void Dispose() => Meter.Dispose();

    internal long Dropped(DropReason reason, bool isDisco) => Volatile.Read(ref _dropped[Index(reason, isDisco)]);

    /// <summary>Adds what is looked up when somebody asks.</summary>
    internal void Observe(PeerRegistry registry, MeshWatchers watchers)
    {
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.relay.connections", () => CountConnections(registry), null, "Clients that are logged in, by kind.");
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.relay.clients",
            () => CountKeys(registry),
            null,
            "Keys by where they are connected: here once, here more than once, at another relay of the region alone.");
        Meter.CreateObservableUpDownCounter("meshcontrol.relay.watchers", () => watchers.Count, null, "Mesh peers that follow who is here.");
    }

    internal void Accepted() => Interlocked.Increment(ref _accepted);

    internal void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void Closed(string reason) => _closed.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void WriteTimedOut() => Closed("write_timeout");

    internal void DuplicateAccepted() => Interlocked.Increment(ref _duplicates);

    internal void HomeChanged(bool isHome, bool isMove)
    {
        Interlocked.Add(ref _home, isHome ? 1 : -1);
        if (isMove)
        {
            Interlocked.Increment(ref _homeMoves[isHome ? 0 : 1]);
        }
    }

    internal void Received(in ReceivedCount count)
    {
        Add(ref _received[0], count.DataPackets);
        Add(ref _receivedBytes[0], count.DataBytes);
        Add(ref _received[1], count.DiscoPackets);
        Add(ref _receivedBytes[1], count.DiscoBytes);
        Add(ref _forwarded[0], count.ForwardedIn);
        Add(ref _forwarded[1], count.ForwardedOut);
        Add(ref _pings, count.Pings);
        Add(ref _unknownFrames, count.UnknownFrames);
    }

    internal void Written(in FrameCount count)
    {
        Add(ref _sent[0], count.DataPackets);
        Add(ref _sentBytes[0], count.DataBytes);
        Add(ref _sent[1], count.DiscoPackets);
        Add(ref _sentBytes[1], count.DiscoBytes);
        var group = 0;
        while (count.Frames > WriteSizes[group].Most)
        {
            group++;
        }

        Interlocked.Increment(ref _writes[group]);
    }

    internal void Drop(DropReason reason, bool isDisco, int bytes) => Drop(reason, isDisco, 1, bytes);

    internal void Drop(DropReason reason, bool isDisco, int packets, long bytes)
    {
        Add(ref _dropped[Index(reason, isDisco)], packets);
        Add(ref _droppedBytes[Index(reason, isDisco)], bytes);
    }

    internal void PeerGoneSent(PeerGoneReason reason) => Interlocked.Increment(ref _peerGone[reason == PeerGoneReason.NotHere ? 1 : 0]);

    internal void PongSent() => Interlocked.Increment(ref _pongs);

    internal void WaitedForRate() => Interlocked.Increment(ref _rateWaits);

    private static int Index(DropReason reason, bool isDisco) => (2 * (int)reason) + (isDisco ? 1 : 0);

    private static void Add(ref long total, long count)
    {
        if (count != 0)
        {
            Interlocked.Add(ref total, count);
        }
    }

    private static IEnumerable<Measurement<long>> PerKey(long[] values, string tag, string[] names) =>
        names.Select((name, i) => new Measurement<long>(Volatile.Read(ref values[i]), new KeyValuePair<string, object?>(tag, name)));

    private static IEnumerable<Measurement<long>> PerDrop(long[] values) =>
        from reason in Enumerable.Range(0, DropReasons.Length)
        from kind in Enumerable.Range(0, Kinds.Length)
        select new Measurement<long>(
            Volatile.Read(ref values[(2 * reason) + kind]),
            new KeyValuePair<string, object?>("reason", DropReasons[reason]),
            new KeyValuePair<string, object?>("kind", Kinds[kind]));

    private static Measurement<int>[] CountConnections(PeerRegistry registry)
    {
        var (clients, notIdeal, mesh) = (0, 0, 0);
        foreach (var connection in registry.Slots.SelectMany(slot => slot.Connections))
        {
            _ = connection.IsMeshPeer ? mesh++ : connection.IsIdeal ? clients++ : notIdeal++;
        }

        return [Of(clients, "client"), Of(notIdeal, "not_ideal"), Of(mesh, "mesh")];

        static Measurement<int> Of(int count, string kind) => new(count, new KeyValuePair<string, object?>("kind", kind));
    }

    private static Measurement<int>[] CountKeys(PeerRegistry registry)
    {
        var (local, duplicate, remote) = (0, 0, 0);
        foreach (var slot in registry.Slots)
        {
            _ = slot.Connections.Length switch { 0 => remote++, 1 => local++, _ => duplicate++ };
        }

        return [Of(local, "local"), Of(duplicate, "duplicate"), Of(remote, "remote")];

        static Measurement<int> Of(int count, string where) => new(count, new KeyValuePair<string, object?>("where", where));
    }

    private void ObserveTraffic()
    {
        Count("packets.received", () => PerKey(_received, "kind", Kinds), "Packets that clients sent, by kind.");
        Count("received", () => PerKey(_receivedBytes, "kind", Kinds), "Bytes of those packets.", "By");
        Count("packets.sent", () => PerKey(_sent, "kind", Kinds), "Packets that were written to clients, by kind.");
        Count("sent", () => PerKey(_sentBytes, "kind", Kinds), "Bytes of those packets.", "By");
        Count("packets.dropped", () => PerDrop(_dropped), "Packets that did not arrive, by reason and kind.");
        Count("dropped", () => PerDrop(_droppedBytes), "Bytes of those packets.", "By");
        Count("packets.forwarded", () => PerKey(_forwarded, "direction", ["in", "out"]), "Packets from and to other relays of the region.");
        Count("writes", () => PerKey(_writes, "frames", [.. WriteSizes.Select(size => size.Name)]), "Writes, by how many frames each carried.");
        Count("rate_waits", () => [new(Volatile.Read(ref _rateWaits))], "How often a client was not read from because it sent too fast.");
    }

    private void ObserveClients()
    {
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.relay.home", () => Volatile.Read(ref _home), null, "Connections of clients whose home this relay is.");
        Count("connections.accepted", () => [new(Volatile.Read(ref _accepted))], "Clients that were let in.");
        Count("duplicates", () => [new(Volatile.Read(ref _duplicates))], "Clients that were let in while their key was connected already.");
        Count("peer_gone", () => PerKey(_peerGone, "reason", ["disconnected", "not_here"]), "Notices that a peer is not there, by reason.");
        Count("home_moves", () => PerKey(_homeMoves, "direction", ["in", "out"]), "Clients that made this relay their home, or another.");
        Count("pings", () => [new(Volatile.Read(ref _pings))], "Pings of clients.");
        Count("pongs", () => [new(Volatile.Read(ref _pongs))], "Answers to them.");
        Count("unknown_frames", () => [new(Volatile.Read(ref _unknownFrames))], "Frames of a type that the relay does not know.");
    }

    private void Count(string name, Func<IEnumerable<Measurement<long>>> read, string help, string? unit = null) =>
        Meter.CreateObservableCounter("meshcontrol.relay." + name, read, unit, help);
}
