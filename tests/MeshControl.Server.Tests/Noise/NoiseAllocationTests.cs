using System.Buffers;
using System.IO.Pipelines;
using MeshControl.Protocol.Noise;
using MeshControl.Server.Noise;

namespace MeshControl.Server.Tests.Noise;

/// <summary>What a record costs in memory once a channel runs: nothing. Every byte of every client goes through here.</summary>
public sealed class NoiseAllocationTests : IDisposable
{
    private const int Records = 2000;

    // Far below one object per record, which would be 24 bytes at least; pools and the runtime may still allocate now and then.
    private const long Budget = Records * 4;

    // In builds without optimisation the compiler makes the state of each wait an object; a buffer would be far more.
    private const long WaitingBudget = Records * 256;

    private readonly NoisePair _pair = new();
    private readonly SmallBlocks _blocks = new();

    public void Dispose()
    {
        _pair.Dispose();
        _blocks.Dispose();
    }

    [Theory]
    [InlineData(50)]
    [InlineData(NoiseProtocol.MaxPlaintextLength)]
    public void Write_RunningChannel_AllocatesNothing(int length)
    {
        var pipe = NoisePair.NewPipe(_blocks);
        var writer = new NoisePipeWriter(pipe.Writer, _pair.Server.Sending);
        var text = new byte[length];

        Assert.InRange(Measure(() => Send(writer, text, pipe.Reader)), 0, Budget);
    }

    [Theory]
    [InlineData(50, false)]
    [InlineData(NoiseProtocol.MaxPlaintextLength, false)]
    [InlineData(50, true)]
    [InlineData(NoiseProtocol.MaxPlaintextLength, true)]
    public void Read_RunningChannel_AllocatesNothing(int length, bool waits)
    {
        var pipe = NoisePair.NewPipe(_blocks);
        var reader = new NoisePipeReader(pipe.Reader, _pair.Server.Receiving);
        var text = new byte[length];
        var record = new byte[length + NoiseProtocol.RecordOverhead];

        Assert.InRange(
            Measure(() =>
            {
                var waiting = waits ? reader.ReadAsync() : default;
                text.CopyTo(record, NoiseProtocol.HeaderLength);
                NoiseRecord.TrySeal(_pair.Client.Sending, record);
                pipe.Writer.Write(record);
                Finish(pipe.Writer.FlushAsync());
                var result = Finish(waits ? waiting : reader.ReadAsync());
                reader.AdvanceTo(result.Buffer.End);
            }),
            0,
            waits ? WaitingBudget : Budget);
    }

    private static long Measure(Action oneRecord)
    {
        for (var i = 0; i < Records; i++)
        {
            oneRecord();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Records; i++)
        {
            oneRecord();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Send(NoisePipeWriter writer, byte[] text, PipeReader wire)
    {
        writer.Write(text);
        Finish(writer.FlushAsync());
        var result = Finish(wire.ReadAsync());
        wire.AdvanceTo(result.Buffer.End);
    }

    /// <summary>The result of what must have finished on this thread.</summary>
    private static T Finish<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully);
        return task.GetAwaiter().GetResult();
    }
}
