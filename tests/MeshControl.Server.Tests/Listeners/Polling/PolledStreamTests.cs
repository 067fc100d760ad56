using System.Net.Sockets;
using System.Security.Cryptography;
using MeshControl.Server.Listeners.Polling;

namespace MeshControl.Server.Tests.Listeners.Polling;

/// <summary>A polled socket is a stream like any other, and says on which thread its reader goes on.</summary>
public sealed class PolledStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 8)]
    [InlineData(true, 0)]
    [InlineData(true, 8)]
    public async Task Read_BytesThatComeLater_GoesOnInPlaceOnlyIfTold(bool inPlace, int length)
    {
        using var pair = await PolledPair.ConnectAsync(Token);
        if (inPlace)
        {
            pair.Polled.GoInPlace();
        }

        var thread = ThreadOfAsync(pair.Polled, new byte[length]);
        Assert.False(thread.IsCompleted);
        await pair.Peer.SendAsync("12345678"u8.ToArray(), Token);

        Assert.Equal(inPlace, await thread.WaitAsync(Token));
        Assert.False(PollLoop.IsCurrent);
    }

    [Fact]
    public async Task Read_OfNoBytes_LeavesThemThere()
    {
        using var pair = await PolledPair.ConnectAsync(Token);
        await pair.Peer.SendAsync("abc"u8.ToArray(), Token);

        Assert.Equal(0, await pair.Polled.ReadAsync(Memory<byte>.Empty, Token));
        Assert.Equal(0, await pair.Polled.ReadAsync(Memory<byte>.Empty, Token));
        var bytes = new byte[3];
        await pair.Polled.ReadExactlyAsync(bytes, Token);

        Assert.Equal("abc"u8, bytes);
    }

    [Fact]
    public async Task Peek_TheFirstByte_LeavesItThere()
    {
        using var pair = await PolledPair.ConnectAsync(Token);
        var first = pair.Polled.PeekAsync();
        await pair.Peer.SendAsync("xy"u8.ToArray(), Token);

        Assert.Equal((byte)'x', await first);
        Assert.Equal((byte)'x', await pair.Polled.PeekAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public async Task Read_PeerThatSendsNoMore_ReturnsItsBytesAndItsEnd(int length)
    {
        using var pair = await PolledPair.ConnectAsync(Token);
        await pair.Peer.SendAsync("last"u8.ToArray(), Token);
        pair.Peer.Shutdown(SocketShutdown.Send);
        var bytes = new byte[8];

        Assert.Equal(4, await pair.Polled.ReadAtLeastAsync(bytes, 8, throwOnEndOfStream: false, Token));
        Assert.Equal(0, await pair.Polled.ReadAsync(bytes.AsMemory(0, length), Token));
        Assert.Null(await pair.Polled.PeekAsync());
    }

    [Fact]
    public async Task Read_PeerThatResets_Fails()
    {
        using var pair = await PolledPair.ConnectAsync(Token);
        var read = pair.Polled.ReadAsync(new byte[8], Token).AsTask();
        pair.Peer.LingerState = new LingerOption(enable: true, seconds: 0);
        pair.Peer.Dispose();

        await Assert.ThrowsAsync<IOException>(() => read);
        await Assert.ThrowsAsync<IOException>(async () => await pair.Polled.WriteAsync(new byte[8], Token));
    }

    /// <summary>Whoever closes it is not made to do what the reader does next.</summary>
    [Fact]
    public async Task Closed_WhileSomebodyReadsAndWrites_EndsBothElsewhere()
    {
        using var pair = await PolledPair.ConnectAsync(Token);
        pair.Polled.GoInPlace();
        var write = pair.Polled.WriteAsync(new byte[PolledPair.MoreThanFits], Token).AsTask();
        var thread = ThreadOfAsync(pair.Polled, new byte[8]);
        Assert.False(write.IsCompleted);

        pair.Socket.Dispose();
        pair.Polled.Closed();

        Assert.False(await thread.WaitAsync(Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => write);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => Assert.Equal(0, await pair.Polled.ReadAsync(new byte[8], Token)));
    }

    [Fact]
    public async Task Leave_WhatWasPolled_GoesOnAsAnySocket()
    {
        using var pair = await PolledPair.ConnectAsync(Token);
        var waiting = pair.Polled.PeekAsync();
        await pair.Peer.SendAsync("ab"u8.ToArray(), Token);
        await waiting;
        Assert.True(pair.Polled.IsPolled);

        pair.Polled.Leave();

        Assert.False(pair.Polled.IsPolled);
        var bytes = new byte[2];
        await pair.Polled.ReadExactlyAsync(bytes, Token);
        Assert.Equal("ab"u8, bytes);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var read = pair.Polled.ReadAsync(bytes, impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await pair.Polled.WriteAsync("cd"u8.ToArray(), Token);
        Assert.Equal(2, await pair.Peer.ReceiveAsync(bytes, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_MoreThanTheSocketHasRoomFor_ArrivesWhole(bool inPlace)
    {
        using var pair = await PolledPair.ConnectAsync(Token);
        if (inPlace)
        {
            pair.Polled.GoInPlace();
        }

        var sent = RandomNumberGenerator.GetBytes(PolledPair.MoreThanFits);
        var write = pair.Polled.WriteAsync(sent, Token).AsTask();
        Assert.False(write.IsCompleted);
        var received = new byte[sent.Length];
        await new NetworkStream(pair.Peer).ReadExactlyAsync(received, Token);
        await write;

        Assert.Equal(sent, received);
    }

    /// <summary>The system says once that there is something: whoever missed it would wait for ever.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadAndWrite_ManyPiecesOfAllSizes_MissNothing(bool inPlace)
    {
        using var pair = await PolledPair.ConnectAsync(Token);
        var other = new PolledStream(pair.Peer);
        if (inPlace)
        {
            pair.Polled.GoInPlace();
            other.GoInPlace();
        }

        var forth = RandomNumberGenerator.GetBytes(4 << 20);
        var back = RandomNumberGenerator.GetBytes(4 << 20);
        var sending = Task.WhenAll(SendAsync(pair.Polled, forth, 1), SendAsync(other, back, 2));
        var received = await Task.WhenAll(ReceiveAsync(other, forth.Length, 3), ReceiveAsync(pair.Polled, back.Length, 4));
        await sending;

        Assert.Equal(forth, received[0]);
        Assert.Equal(back, received[1]);
    }

    /// <returns>Whether the reader goes on on the thread that polls.</returns>
    private static Task<bool> ThreadOfAsync(PolledStream stream, byte[] buffer)
    {
        var result = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = ReadAsync();
        return result.Task;

        async Task ReadAsync()
        {
            try
            {
                await stream.ReadAsync(buffer).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                // That is an end, too.
            }

            result.SetResult(PollLoop.IsCurrent);
        }
    }

    private static async Task SendAsync(PolledStream stream, byte[] bytes, int seed)
    {
        var random = new Random(seed);
        for (var start = 0; start < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - start, random.Next(1, 40_000));
            await stream.WriteAsync(bytes.AsMemory(start, length), Token).ConfigureAwait(false);
            start += length;
        }
    }

    private static async Task<byte[]> ReceiveAsync(PolledStream stream, int length, int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[length];
        for (var start = 0; start < length;)
        {
            if (random.Next(2) == 0)
            {
                await stream.ReadAsync(Memory<byte>.Empty, Token).ConfigureAwait(false);
            }

            var count = await stream.ReadAsync(bytes.AsMemory(start, Math.Min(length - start, random.Next(1, 20_000))), Token)
                .ConfigureAwait(false);
            Assert.NotEqual(0, count);
            start += count;
        }

        return bytes;
    }
}
