using System.Diagnostics;

namespace MeshControl.FunctionalTests.Attacks;

/// <summary>
/// What an attack makes the process hold. Attacker and server share it, so the bounds are for both ends: some kilobytes per connection
/// and frame in flight, and nothing that grows with how long an attack lasts.
/// </summary>
internal sealed class MemoryProbe
{
    private const long Mebibyte = 1024 * 1024;

    // The collector returns pages late and keeps what it had as a reserve, so this one only shows leaks of another order.
    private const long MaxWorkingSetGrowth = 512 * Mebibyte;

    private readonly long _heap = Heap();
    private readonly long _workingSet = WorkingSet();

    /// <summary>Fails if more is held than an attack may cause.</summary>
    public void AssertFlat(long maxHeapGrowth = 64 * Mebibyte)
    {
        Assert.InRange(Heap() - _heap, long.MinValue, maxHeapGrowth);
        Assert.InRange(WorkingSet() - _workingSet, long.MinValue, MaxWorkingSetGrowth);
    }

    private static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static long WorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
