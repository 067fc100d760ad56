using System.Diagnostics.Metrics;
using MeshControl.Server.Listeners;

namespace MeshControl.Server.Diagnostics;

/// <summary>What the server counts besides the core. Without a metrics listener nothing is counted.</summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "MeshControl.Server";

    /// <summary>Kinds of map messages.</summary>
    public const string Full = "full";

    public const string Delta = "delta";

    public const string KeepAlive = "keep_alive";

    private readonly Counter<long> _messages;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _channels;
    private readonly Counter<long> _refusals;
    private readonly Histogram<double> _firstMaps;
    private readonly TimeProvider _time;
    private int _openChannels;

    public ServerMetrics(TimeProvider time)
    {
        _time = time;
        Meter = new Meter(MeterName);
        Machine = new MachineMetrics(Meter);
        Admin = new AdminMetrics(Meter);
        Meter.CreateObservableGauge(
            "meshcontrol.build_info",
            static () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", PublicEndpoints.Version)),
            null,
            "Always 1; the version is the label.");
        _messages = Meter.CreateCounter<long>("meshcontrol.map.messages", null, "Map messages sent, by kind.");
        _bytes = Meter.CreateCounter<long>("meshcontrol.map.sent", "By", "Bytes of map messages sent, compressed, by kind.");
        _firstMaps = Meter.CreateHistogram<double>(
            "meshcontrol.map.first.duration", "s", "From the opening of a map stream until the first map was handed to the network.");
        _requests = Meter.CreateCounter<long>(
            "meshcontrol.http.requests", null, "Requests answered, by listener and class of status; a map stream counts when it ends.");
        _channels = Meter.CreateCounter<long>("meshcontrol.channels.opened", null, "Channels opened.");
        _refusals = Meter.CreateCounter<long>("meshcontrol.handshakes.refused", null, "Handshakes that did not authenticate.");
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.channels", () => Volatile.Read(ref _openChannels), null, "Open channels.");
        ProcessMetrics.AddTo(Meter);
    }

    /// <summary>What a listener asks for.</summary>
    public Meter Meter { get; }

    public MachineMetrics Machine { get; }

    public AdminMetrics Admin { get; }

    public void Dispose() => Meter.Dispose();

    /// <param name="kind">One of the constants.</param>
    /// <param name="bytes">With the length in front.</param>
    public void MapSent(string kind, long bytes)
    {
        var tag = new KeyValuePair<string, object?>("kind", kind);
        _messages.Add(1, tag);
        _bytes.Add(bytes, tag);
    }

    /// <summary>A point in time, for <see cref="Since"/>.</summary>
    public long Start() => _time.GetTimestamp();

    /// <param name="opened">When the stream was asked for.</param>
    public void FirstMapSent(long opened) => _firstMaps.Record(Since(opened));

    public void RequestAnswered(ListenerKind listener, int status) => _requests.Add(
        1,
        new KeyValuePair<string, object?>("listener", listener == ListenerKind.Channel ? "channel" : "public"),
        new KeyValuePair<string, object?>("status", StatusClass.Of(status)));

    public void ChannelOpened()
    {
        Interlocked.Increment(ref _openChannels);
        _channels.Add(1);
    }

    public void ChannelClosed() => Interlocked.Decrement(ref _openChannels);

    public void HandshakeRefused() => _refusals.Add(1);

    /// <returns>In seconds.</returns>
    public double Since(long started) => _time.GetElapsedTime(started).TotalSeconds;
}
