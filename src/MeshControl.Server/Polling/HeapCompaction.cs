using System.Runtime;
using MeshControl.Server.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Polling;

/// <summary>
/// Gives back what a storm or a mass join has left in the heap, once it is over. By itself the runtime collects when much is allocated, which
/// an idle server does not do: it would keep the memory of its busiest minute for days.
/// </summary>
internal sealed class HeapCompaction(MapStreams streams, TimeProvider time, ILogger<HeapCompaction> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var storms = new StormWatch(time);
        using var timer = new PeriodicTimer(StormWatch.Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (storms.IsOver(streams.Begun, Environment.CpuUsage.TotalTime))
                {
                    Compact();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private void Compact()
    {
        var (started, before) = (time.GetTimestamp(), Environment.WorkingSet);
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Log.HeapCompacted(logger, (long)time.GetElapsedTime(started).TotalMilliseconds, before >> 20, Environment.WorkingSet >> 20);
    }
}
