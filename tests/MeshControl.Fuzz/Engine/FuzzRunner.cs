using System.Diagnostics;
using System.Globalization;
using MeshControl.Fuzz.Arguments;
using MeshControl.Fuzz.Mutations;
using MeshControl.Fuzz.Targets;

namespace MeshControl.Fuzz.Engine;

/// <summary>
/// Runs a target's inputs one after another, and checks beside the target's own rules that memory and time stay bounded. Every
/// input follows from seed and index alone, so a failure is named by the two.
/// </summary>
public sealed class FuzzRunner(FuzzTarget target, FuzzOptions options, TextWriter output)
{
    // A look at memory costs more than most inputs.
    private const int MemoryPace = 1 << 14;

    private const int MaxFailures = 20;

    private readonly Lock _lock = new();
    private readonly Tally _tally = new();

    // Guarded by the lock: the watchdog reports too.
    private readonly List<string> _failures = [];

    private long _mostAllocated;
    private long _mostHeap;
    private long _mostResident;

    public FuzzReport Run()
    {
        var began = Stopwatch.GetTimestamp();
        var processor = Environment.CpuUsage.TotalTime;
        var done = 0L;
        using (var watchdog = new Watchdog(options.TimeLimit, ReportSlow))
        {
            if (options.Only is { } only)
            {
                RunOne(only, watchdog);
                done = 1;
            }

            for (var index = 0L; done < options.Count && options.Only is null && HasPatience(); index++, done++)
            {
                RunOne(index, watchdog);
                if (index % MemoryPace == 0)
                {
                    CheckMemory(index);
                }
            }

            watchdog.Begin(-1);
        }

        CheckMemory(done);
        return new FuzzReport(
            target.Name,
            done,
            Stopwatch.GetElapsedTime(began),
            Environment.CpuUsage.TotalTime - processor,
            _tally.Counts,
            _mostAllocated,
            _mostHeap,
            _mostResident,
            _failures);
    }

    private bool HasPatience()
    {
        lock (_lock)
        {
            return _failures.Count < MaxFailures;
        }
    }

    private void RunOne(long index, Watchdog watchdog)
    {
        var random = new FuzzRandom(options.Seed, index);
        watchdog.Begin(index);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(random, _tally);
        }
        catch (Exception e)
        {
            // Also what is not a broken rule: no exception may come out of a target, whatever it is.
            Fail(index, options.Only is null ? $"{e.GetType().Name}: {e.Message}" : e.ToString());
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        _mostAllocated = Math.Max(_mostAllocated, allocated);
        if (allocated > target.MaxAllocated)
        {
            Fail(index, $"allocates {allocated} bytes, more than {target.MaxAllocated}");
        }
    }

    private void CheckMemory(long index)
    {
        var heap = GC.GetTotalMemory(forceFullCollection: false);
        var resident = Environment.WorkingSet;
        _mostHeap = Math.Max(_mostHeap, heap);
        _mostResident = Math.Max(_mostResident, resident);
        if (resident > options.MaxResident)
        {
            Fail(index, $"{resident} bytes are resident by now, more than {options.MaxResident}");
        }
    }

    private void ReportSlow(long index) =>
        Fail(index, string.Create(CultureInfo.InvariantCulture, $"takes more than {options.TimeLimit.TotalSeconds} s of processor time"));

    private void Fail(long index, string what)
    {
        var sentence = string.Create(CultureInfo.InvariantCulture, $"{target.Name} --seed {options.Seed} --only {index}: {what}");
        lock (_lock)
        {
            _failures.Add(sentence);
            output.WriteLine(sentence);
        }
    }
}
