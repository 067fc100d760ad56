using System.IO.Pipelines;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using MeshControl.Protocol.Noise;
using MeshControl.Server.Noise;
using Microsoft.AspNetCore.Connections;

namespace MeshControl.Server.Tests.Noise;

public sealed class NoisePipeReaderTests : IDisposable
{
    private readonly NoisePair _pair = new();
    private readonly Pipe _pipe = NoisePair.NewPipe();
    private readonly NoisePipeReader _reader;

    public NoisePipeReaderTests() => _reader = new NoisePipeReader(_pipe.Reader, _pair.Server.Receiving);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _reader.Complete();
        _pair.Dispose();
    }

    [Fact]
    public async Task Read_BacklogOfAMegabyte_IsOpenedInSteps()
    {
        const int Records = 256;
        const int MaxArray = 64 * 1024;
        for (var i = 0; i < Records; i++)
        {
            await SendAsync(_pair.Seal(new byte[NoiseProtocol.MaxPlaintextLength]));
        }

        await _pipe.Writer.CompleteAsync();
        long received = 0;
        ReadResult result;
        do
        {
            result = await _reader.ReadAsync(Token);
            if (!result.Buffer.IsEmpty)
            {
                Assert.True(MemoryMarshal.TryGetArray(result.Buffer.First, out var segment));
                Assert.InRange(segment.Array!.Length, 1, MaxArray);
            }

            received += result.Buffer.Length;
            _reader.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);

        Assert.Equal(Records * NoiseProtocol.MaxPlaintextLength, received);
    }

    [Fact]
    public async Task Read_NothingThere_Waits()
    {
        Assert.False(_reader.TryRead(out _));
        var reading = _reader.ReadAsync(Token);
        Assert.False(reading.IsCompleted);

        await SendAsync(_pair.Seal("hello"u8));

        Assert.Equal("hello", Text(await reading));
    }

    [Fact]
    public async Task Read_EmptyRecordsOnly_GoesOnWaiting()
    {
        var reading = _reader.ReadAsync(Token);
        await SendAsync(_pair.Seal([]));
        await SendAsync([.. _pair.Seal([]), .. _pair.Seal([])]);
        Assert.False(reading.IsCompleted);

        await SendAsync(_pair.Seal("x"u8));

        Assert.Equal("x", Text(await reading));
    }

    [Fact]
    public async Task Buffer_EverythingConsumed_IsGivenBack()
    {
        await SendAsync(_pair.Seal("hello"u8));
        var result = await _reader.ReadAsync(Token);
        Assert.NotNull(Held());

        _reader.AdvanceTo(result.Buffer.End);

        Assert.Null(Held());
    }

    [Fact]
    public async Task Buffer_PartConsumed_IsHeldUntilTheRestIs()
    {
        await SendAsync(_pair.Seal("hello"u8));
        var result = await _reader.ReadAsync(Token);
        _reader.AdvanceTo(result.Buffer.GetPosition(2), result.Buffer.End);

        await SendAsync(_pair.Seal(" you"u8));
        result = await _reader.ReadAsync(Token);

        Assert.Equal("llo you", Text(result));
        _reader.AdvanceTo(result.Buffer.End);
        Assert.Null(Held());
    }

    [Fact]
    public async Task Buffer_AfterAnEmptyRecord_IsNotHeldWhileWaiting()
    {
        var reading = _reader.ReadAsync(Token);

        await SendAsync(_pair.Seal([]));

        Assert.False(reading.IsCompleted);
        Assert.Null(Held());
        await _pipe.Writer.CompleteAsync();
        await reading;
    }

    [Fact]
    public async Task Buffer_ReaderCompleted_IsGivenBackAndTheTransportToo()
    {
        await SendAsync(_pair.Seal("hello"u8));
        await _reader.ReadAsync(Token);

        await _reader.CompleteAsync(new IOException("done"));

        Assert.Null(Held());
        Assert.Equal("done", (await Assert.ThrowsAsync<IOException>(async () => await _pipe.Writer.FlushAsync(Token))).Message);
    }

    [Fact]
    public async Task CancelPendingRead_Waiting_GivesACanceledResultAndLosesNothing()
    {
        var record = _pair.Seal("hello"u8);
        await SendAsync(record[..10]);
        var reading = _reader.ReadAsync(Token);

        _reader.CancelPendingRead();
        var result = await reading;

        Assert.True(result.IsCanceled);
        Assert.True(result.Buffer.IsEmpty);
        _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        await SendAsync(record[10..]);
        Assert.Equal("hello", Text(await _reader.ReadAsync(Token)));
    }

    [Fact]
    public async Task CancelPendingRead_DataLeftOver_ShowsItAgain()
    {
        await SendAsync(_pair.Seal("hello"u8));
        var result = await _reader.ReadAsync(Token);
        _reader.AdvanceTo(result.Buffer.GetPosition(1), result.Buffer.End);
        var reading = _reader.ReadAsync(Token);

        _reader.CancelPendingRead();
        result = await reading;

        Assert.True(result.IsCanceled);
        Assert.Equal("ello", Text(result));
    }

    [Fact]
    public async Task CancelPendingRead_NobodyWaits_CancelsTheNextRead()
    {
        _reader.CancelPendingRead();

        var result = await _reader.ReadAsync(Token);

        Assert.True(result.IsCanceled);
        _reader.AdvanceTo(result.Buffer.End);
        Assert.False(_reader.TryRead(out _));
    }

    [Fact]
    public async Task ReadAsync_TokenCancelled_ThrowsAndTheNextReadGoesOn()
    {
        using var cancellation = new CancellationTokenSource();
        var reading = _reader.ReadAsync(cancellation.Token);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);

        await SendAsync(_pair.Seal("hello"u8));
        Assert.Equal("hello", Text(await _reader.ReadAsync(Token)));
    }

    [Fact]
    public async Task Completion_NothingLeft_IsCompletedAndEmpty()
    {
        await _pipe.Writer.CompleteAsync();

        var result = await _reader.ReadAsync(Token);

        Assert.True(result.IsCompleted);
        Assert.True(result.Buffer.IsEmpty);
        _reader.AdvanceTo(result.Buffer.End);
        Assert.True(_reader.TryRead(out result));
        Assert.True(result.IsCompleted);
    }

    [Fact]
    public async Task Completion_DataNotConsumed_ComesWithIt()
    {
        await SendAsync(_pair.Seal("hello"u8));
        var result = await _reader.ReadAsync(Token);
        _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        await _pipe.Writer.CompleteAsync();

        result = await _reader.ReadAsync(Token);

        Assert.True(result.IsCompleted);
        Assert.Equal("hello", Text(result));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Completion_KernelGaveTheConnectionUp_IsAnOrdinaryReset(bool isWaitedFor)
    {
        var waiting = isWaitedFor ? _reader.ReadAsync(Token) : default;

        await _pipe.Writer.CompleteAsync(new SocketException((int)SocketError.TimedOut));

        var fault = await Assert.ThrowsAsync<ConnectionResetException>(async () => await (isWaitedFor ? waiting : _reader.ReadAsync(Token)));
        Assert.IsType<SocketException>(fault.InnerException);
    }

    [Fact]
    public async Task Completion_OfTheTransportWithAFault_IsThatFault()
    {
        await SendAsync(_pair.Seal("hello"u8));
        await _pipe.Writer.CompleteAsync(new IOException("reset"));

        var exception = await Assert.ThrowsAsync<IOException>(async () => await _reader.ReadAsync(Token));

        Assert.Equal("reset", exception.Message);
    }

    // A peer may vanish at any byte. HTTP/2 knows where its frames end, so a cut is no more than an end here.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public async Task Completion_InTheMidstOfARecord_GivesWhatCameBefore(int cut)
    {
        await SendAsync(_pair.Seal("whole"u8));
        await SendAsync(_pair.Seal("part"u8)[..cut]);
        await _pipe.Writer.CompleteAsync();

        var result = await _reader.ReadAsync(Token);

        Assert.True(result.IsCompleted);
        Assert.Equal("whole", Text(result));
    }

    [Fact]
    public async Task Record_Damaged_FailsAfterWhatCameBefore()
    {
        var first = _pair.Seal("one"u8);
        var damaged = _pair.Seal("two"u8);
        damaged[^1] ^= 1;
        await AssertFailsAfterAsync(first, damaged);
    }

    [Fact]
    public async Task Record_LeftOut_FailsAfterWhatCameBefore()
    {
        var first = _pair.Seal("one"u8);
        _ = _pair.Seal("two"u8);
        await AssertFailsAfterAsync(first, _pair.Seal("three"u8));
    }

    [Fact]
    public async Task Record_Repeated_FailsAfterWhatCameBefore()
    {
        var first = _pair.Seal("one"u8);
        await AssertFailsAfterAsync(first, first);
    }

    [Theory]
    [InlineData(4, NoiseProtocol.MaxCiphertextLength + 1)]
    [InlineData(4, ushort.MaxValue)]
    [InlineData(4, NoiseProtocol.TagLength - 1)]
    [InlineData(4, 0)]
    [InlineData(3, 32)]
    [InlineData(0, 32)]
    public async Task Header_Bad_FailsAfterWhatCameBeforeAndWaitsForNoMore(byte type, int length)
    {
        var first = _pair.Seal("one"u8);
        await AssertFailsAfterAsync(first, [type, (byte)(length >> 8), (byte)length]);
    }

    [Fact]
    public async Task Header_LongestRecord_IsRead()
    {
        var longest = new byte[NoiseProtocol.MaxPlaintextLength];

        await SendAsync(_pair.Seal(longest));

        Assert.Equal(longest.Length, (await _reader.ReadAsync(Token)).Buffer.Length);
    }

    [Fact]
    public async Task Failure_DataNotConsumed_IsThrownOnceItWasExamined()
    {
        await SendAsync([.. _pair.Seal("one"u8), 9]);
        var result = await _reader.ReadAsync(Token);
        _reader.AdvanceTo(result.Buffer.Start, result.Buffer.Start);

        result = await _reader.ReadAsync(Token);
        Assert.Equal("one", Text(result));
        _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);

        await Assert.ThrowsAsync<IOException>(async () => await _reader.ReadAsync(Token));
    }

    private static string Text(ReadResult result) => Encoding.ASCII.GetString(result.Buffer);

    private async Task AssertFailsAfterAsync(byte[] first, byte[] bad)
    {
        await SendAsync([.. first, .. bad]);
        var result = await _reader.ReadAsync(Token);
        Assert.Equal("one", Text(result));
        Assert.False(result.IsCompleted);
        _reader.AdvanceTo(result.Buffer.End);

        await Assert.ThrowsAsync<IOException>(async () => await _reader.ReadAsync(Token));
        await Assert.ThrowsAsync<IOException>(async () => await _reader.ReadAsync(Token));
        Assert.Throws<IOException>(() => _reader.TryRead(out _));
        Assert.Null(Held());
    }

    private async Task SendAsync(byte[] wire) => await _pipe.Writer.WriteAsync(wire, Token);

    private object? Held() =>
        typeof(NoisePipeReader).GetField("_buffer", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(_reader);
}
