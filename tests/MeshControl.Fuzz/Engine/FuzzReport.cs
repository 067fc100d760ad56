using System.Globalization;

namespace MeshControl.Fuzz.Engine;

/// <summary>What came of a target's inputs.</summary>
public sealed record FuzzReport(
    string Target,
    long Inputs,
    TimeSpan Elapsed,
    TimeSpan ProcessorTime,
    IReadOnlyDictionary<string, long> Depths,
    long MostAllocated,
    long MostHeap,
    long MostResident,
    IReadOnlyList<string> Failures)
{
    private const double Megabyte = 1024 * 1024;

    public void Write(TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Target}: {Inputs:#,0} inputs, {Failures.Count} failures"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  took {Elapsed.TotalSeconds:0.0} s, {ProcessorTime.TotalSeconds:0.0} processor seconds"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  at most {MostAllocated / 1024.0:#,0} KB allocated for one input, {MostHeap / Megabyte:0} MB of heap, "
            + $"{MostResident / Megabyte:0} MB resident"));
        foreach (var (depth, count) in Depths)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count,12:#,0}  {depth}"));
        }
    }
}
