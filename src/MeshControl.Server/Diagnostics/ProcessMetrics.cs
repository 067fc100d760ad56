using System.Diagnostics;
using System.Diagnostics.Metrics;
using MeshControl.Server.Processes;

namespace MeshControl.Server.Diagnostics;

/// <summary>The numbers of the process by the names that Prometheus' own libraries give them. Looked up when somebody asks.</summary>
internal static class ProcessMetrics
{
    public static void AddTo(Meter meter)
    {
        meter.CreateObservableCounter(
            "process.cpu", static () => Read(process => process.TotalProcessorTime.TotalSeconds), "s", "Time on processors.");
        meter.CreateObservableGauge(
            "process.resident_memory", static () => Read(process => process.WorkingSet64), "By", "Memory in RAM.");
        meter.CreateObservableGauge(
            "process.start_time",
            static () => Read(process => new DateTimeOffset(process.StartTime).ToUnixTimeSeconds()),
            "s",
            "When the process began, in seconds since 1970.");
        if (OperatingSystem.IsLinux())
        {
            meter.CreateObservableGauge("process.open_fds", CountDescriptors, null, "Open file descriptors.");
            meter.CreateObservableGauge("process.max_fds", ReadDescriptorLimit, null, "Most file descriptors that may be open.");
        }
    }

    private static T Read<T>(Func<Process, T> value)
    {
        using var process = Process.GetCurrentProcess();
        return value(process);
    }

    private static int CountDescriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    private static IEnumerable<Measurement<long>> ReadDescriptorLimit() =>
        DescriptorLimit.Read() is { } limit ? [new Measurement<long>(limit)] : [];
}
