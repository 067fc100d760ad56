using System.Buffers;
using System.IO.Pipelines;
using MeshControl.Protocol.Noise;
using MeshControl.Server.Noise;

namespace MeshControl.Server.Tests.Noise;

public sealed class NoisePipeWriterTests : IDisposable
{
    private const int LongHint = 20_000;

    private static readonly int[] Hints = [0, 1, 100, NoiseProtocol.MaxPlaintextLength, NoiseProtocol.MaxPlaintextLength + 1, LongHint];

    private readonly NoisePair _pair = new();
    private readonly SmallBlocks _blocks = new();
    private readonly Pipe _pipe;
    private readonly NoisePipeWriter _writer;

    public NoisePipeWriterTests()
    {
        _pipe = NoisePair.NewPipe(_blocks);
        _writer = new NoisePipeWriter(_pipe.Writer, _pair.Server.Sending);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _pair.Dispose();
        _blocks.Dispose();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Write_AnyHintsAndLengths_ArrivesWhole(int seed)
    {
        var random = new Random(seed);
        using var sent = new MemoryStream();
        long unflushed = 0;
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(5))
            {
                case 0:
                    await _writer.FlushAsync(Token);
                    unflushed = 0;
                    break;
                case 1:
                    var text = Bytes(random, random.Next(15_000));
                    _writer.Write(text);
                    sent.Write(text);
                    unflushed += text.Length;
                    break;
                default:
                    unflushed += Fill(random, sent);
                    break;
            }

            Assert.Equal(unflushed, _writer.UnflushedBytes);
        }

        await _writer.CompleteAsync();

        Assert.Equal(sent.ToArray(), (await OpenAsync()).SelectMany(record => record));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(NoiseProtocol.MaxPlaintextLength)]
    [InlineData(NoiseProtocol.MaxPlaintextLength + 1)]
    [InlineData(LongHint)]
    public void GetMemory_AnyHint_GivesThatMuchAndNeverNothing(int hint)
    {
        Assert.InRange(_writer.GetMemory(hint).Length, Math.Max(hint, 1), int.MaxValue);
        _writer.Advance(1);
        Assert.InRange(_writer.GetSpan(hint).Length, Math.Max(hint, 1), int.MaxValue);
    }

    [Fact]
    public async Task GetMemory_AgainWithoutWriting_CountsAlone()
    {
        _writer.GetSpan(LongHint).Fill(1);
        _writer.GetSpan(2).Fill(2);
        _writer.Advance(2);

        await _writer.CompleteAsync();

        Assert.Equal([2, 2], Assert.Single(await OpenAsync()));
    }

    [Fact]
    public async Task GetMemory_LongHintNotUsedBeforeTheFlush_LeavesNothingBehind()
    {
        _writer.GetSpan(LongHint).Fill(1);
        await _writer.FlushAsync(Token);
        await _writer.WriteAsync("hello"u8.ToArray(), Token);

        await _writer.CompleteAsync();

        Assert.Equal("hello"u8.ToArray(), Assert.Single(await OpenAsync()));
    }

    [Fact]
    public async Task Write_SmallPieces_ShareARecord()
    {
        foreach (var letter in "hello"u8.ToArray())
        {
            _writer.Write([letter]);
        }

        await _writer.FlushAsync(Token);
        await _writer.CompleteAsync();

        Assert.Equal("hello"u8.ToArray(), Assert.Single(await OpenAsync()));
    }

    [Fact]
    public async Task Write_ManyRecords_FillsEachBlockOfTheTransport()
    {
        const int Records = 8;
        _writer.Write(new byte[Records * NoiseProtocol.MaxPlaintextLength]);
        await _writer.CompleteAsync();

        Assert.Equal(Enumerable.Repeat(NoiseProtocol.MaxPlaintextLength, Records), (await OpenAsync()).Select(record => record.Length));
    }

    [Fact]
    public async Task Write_LongerBlocks_MakesNoRecordLongerThanAllowed()
    {
        // OpenAsync checks the length of each.
        var pipe = NoisePair.NewPipe(segment: 64 * 1024);
        var writer = new NoisePipeWriter(pipe.Writer, _pair.Server.Sending);
        writer.Write(new byte[100_000]);

        await writer.CompleteAsync();

        Assert.Equal(100_000, (await OpenAsync(pipe.Reader)).Sum(record => record.Length));
    }

    [Fact]
    public async Task FlushAsync_NothingWritten_SendsNothing()
    {
        _writer.GetMemory();
        await _writer.FlushAsync(Token);
        _writer.Advance(0);
        await _writer.FlushAsync(Token);
        await _writer.CompleteAsync();

        Assert.Empty(await OpenAsync());
    }

    [Fact]
    public async Task Complete_WithAFault_SendsNoMoreAndPassesItOn()
    {
        _writer.Write("half"u8);

        await _writer.CompleteAsync(new IOException("broken"));

        var exception = await Assert.ThrowsAsync<IOException>(async () => await _pipe.Reader.ReadAsync(Token));
        Assert.Equal("broken", exception.Message);
    }

    [Fact]
    public async Task FlushAsync_ReaderGone_SaysSo()
    {
        await _pipe.Reader.CompleteAsync();

        Assert.True((await _writer.WriteAsync("hello"u8.ToArray(), Token)).IsCompleted);
    }

    [Fact]
    public async Task CancelPendingFlush_TransportIsFull_ReturnsAndLosesNothing()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 100, resumeWriterThreshold: 50, useSynchronizationContext: false));
        var writer = new NoisePipeWriter(pipe.Writer, _pair.Server.Sending);
        var flushing = writer.WriteAsync(new byte[200], Token);
        Assert.False(flushing.IsCompleted);

        writer.CancelPendingFlush();

        Assert.True((await flushing).IsCanceled);
        await writer.CompleteAsync();
        Assert.Equal(200, Assert.Single(await OpenAsync(pipe.Reader)).Length);
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private int Fill(Random random, MemoryStream sent)
    {
        var memory = _writer.GetMemory(Hints[random.Next(Hints.Length)]);
        if (random.Next(4) == 0)
        {
            // What was in the first one does not count.
            random.NextBytes(memory.Span);
            memory = _writer.GetMemory(Hints[random.Next(Hints.Length)]);
        }

        var bytes = Bytes(random, random.Next(memory.Length + 1));
        bytes.CopyTo(memory);
        _writer.Advance(bytes.Length);
        sent.Write(bytes);
        return bytes.Length;
    }

    private Task<List<byte[]>> OpenAsync() => OpenAsync(_pipe.Reader);

    /// <summary>All records that were sent, of which none is empty or too long.</summary>
    private async Task<List<byte[]>> OpenAsync(PipeReader wire)
    {
        using var bytes = new MemoryStream();
        await wire.CopyToAsync(bytes, Token);
        var records = _pair.Open(bytes.ToArray());
        Assert.All(records, record => Assert.InRange(record.Length, 1, NoiseProtocol.MaxPlaintextLength));
        return records;
    }
}
