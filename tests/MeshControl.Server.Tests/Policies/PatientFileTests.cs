using MeshControl.Server.Policies;
using MeshControl.Testing.Time;

namespace MeshControl.Server.Tests.Policies;

/// <summary>A file that nothing comes out of stops nobody.</summary>
public sealed class PatientFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_NothingComes_FailsInTimeAndIsWaitedForFurther()
    {
        var time = new ManualTimeProvider();
        using var writer = new ManualResetEventSlim();
        var begun = 0;
        var file = new PatientFile("/pipe", Read, time);

        var first = file.ReadAsync(Cancel);
        time.Advance(PatientFile.Patience);
        Assert.Contains("nothing came out of it", (await first).Failure, StringComparison.Ordinal);
        var second = file.ReadAsync(Cancel);
        writer.Set();

        Assert.Equal("{}", (await second).Text);
        Assert.Equal(1, begun);
        Assert.Equal("{}", (await file.ReadAsync(Cancel)).Text);
        Assert.Equal(2, begun);

        PolicyFileReading Read(string path)
        {
            Interlocked.Increment(ref begun);
            writer.Wait(Cancel);
            return new PolicyFileReading("{}", null);
        }
    }
}
