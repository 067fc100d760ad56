using System.Diagnostics;
using MeshControl.LoadTest.Crowds;

namespace MeshControl.LoadTest.Figures;

/// <summary>What a stretch of time cost: traffic of the nodes, processor time of both sides.</summary>
public sealed class Meter
{
    private readonly Crowd _crowd;
    private readonly ServerProcess? _server;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly TimeSpan _own = OwnTime();
    private readonly ProcessSample? _before;
    private readonly (long Messages, long Bytes) _traffic;

    public Meter(Crowd crowd, ServerProcess? server)
    {
        (_crowd, _server) = (crowd, server);
        _before = server?.Sample();
        _traffic = Traffic();
    }

    /// <summary>The figures from the beginning to now.</summary>
    public IEnumerable<Figure> Read()
    {
        yield return Figure.Of("seconds", "seconds in all", Stopwatch.GetElapsedTime(_began).TotalSeconds);
        var (messages, bytes) = Traffic();
        yield return Figure.Of("frames", "messages received", messages - _traffic.Messages);
        yield return Figure.Of("wire_bytes", "bytes received", bytes - _traffic.Bytes);
        if (_server is not null && _before is not null)
        {
            var after = _server.Sample();
            yield return Figure.Of("server_cpu_s", "server, processor seconds", after.ProcessorSeconds - _before.ProcessorSeconds);
            yield return Figure.Of("server_rss_mb", "server, MB of memory", after.ResidentMegabytes);
            yield return Figure.Of("server_peak_mb", "server, MB at most so far", after.PeakMegabytes);
        }

        yield return Figure.Of("load_cpu_s", "nodes, processor seconds", (OwnTime() - _own).TotalSeconds);
        yield return Figure.Of("load_rss_mb", "nodes, MB of memory", Environment.WorkingSet / 1024.0 / 1024.0);
    }

    private static TimeSpan OwnTime() => Environment.CpuUsage.TotalTime;

    private (long Messages, long Bytes) Traffic() =>
        (_crowd.Nodes.Sum(node => (long)node.Traffic.MessagesReceived), _crowd.Nodes.Sum(node => node.Traffic.Bytes.Received));
}
