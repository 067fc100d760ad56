using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Derp.Tests.Scripted;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Relay;

/// <summary>What waits for a client that does not read, and what happens to it.</summary>
public sealed class QueueTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Queue_OneMoreThanItHolds_LosesTheOldest()
    {
        await using var relay = new MemoryRelay();
        var (sender, receiver) = await StalledAsync(relay);

        await SendAsync(sender, receiver, 1, FrameRing.Capacity);
        Assert.Equal(0, relay.Server.Metrics.Dropped(DropReason.QueueHead, isDisco: false));
        await SendAsync(sender, receiver, FrameRing.Capacity + 1, 2);

        Assert.Equal(2, relay.Server.Metrics.Dropped(DropReason.QueueHead, isDisco: false));
        // The first is on its way since before; then come those that were left.
        Assert.Equal([0, .. Enumerable.Range(3, FrameRing.Capacity)], await NumbersAsync(receiver, 1 + FrameRing.Capacity));
    }

    [Fact]
    public async Task Queue_FloodOfData_LosesNoDisco()
    {
        await using var relay = new MemoryRelay();
        var (sender, receiver) = await StalledAsync(relay);
        await sender.SendPacketAsync(receiver.PublicKey, Party.Disco, Token);
        await SendAsync(sender, receiver, 1, 10 * FrameRing.Capacity);
        await sender.SendPacketAsync(receiver.PublicKey, Party.Disco, Token);
        await sender.DrainAsync(Token);

        Assert.Equal(0, relay.Server.Metrics.Dropped(DropReason.QueueHead, isDisco: true));
        Assert.Equal(9 * FrameRing.Capacity, relay.Server.Metrics.Dropped(DropReason.QueueHead, isDisco: false));
        var packets = await PacketsAsync(receiver, 3 + FrameRing.Capacity);
        // One of them per data packet while both wait.
        Assert.Equal([1, 3], Enumerable.Range(0, packets.Count).Where(i => packets[i].Length == Party.Disco.Length));
    }

    [Fact]
    public async Task Queue_LongestPackets_AreFewerThanShortOnes()
    {
        await using var relay = new MemoryRelay();
        var (sender, receiver) = await StalledAsync(relay);
        var packet = new byte[65_536];
        for (var i = 0; i < FrameRing.Capacity; i++)
        {
            await sender.SendPacketAsync(receiver.PublicKey, packet, Token);
        }

        await sender.DrainAsync(Token);
        Assert.Equal(
            FrameRing.Capacity - (FrameRing.MaxBytes / (packet.Length + 37)), relay.Server.Metrics.Dropped(DropReason.QueueHead, isDisco: false));
    }

    [Fact]
    public void Ring_BytesBeyondTheLimit_ArePushedOutAndOneFrameAlwaysFits()
    {
        var ring = new FrameRing();
        Assert.False(ring.IsFullFor(FrameRing.MaxBytes + 1));
        ring.Add(FrameRing.MaxBytes - 10);
        Assert.False(ring.IsFullFor(10));
        Assert.True(ring.IsFullFor(11));
        Assert.Equal(FrameRing.MaxBytes - 10, ring.Take().Length);
        Assert.False(ring.IsFullFor(11));
        ring.Trim();
    }

    [Fact]
    public async Task Reader_ThatStandsStill_DelaysNobodyElse()
    {
        await using var relay = new MemoryRelay();
        var (sender, stalled) = await StalledAsync(relay);
        var other = await relay.ComesAsync();

        // Each batch has something for both.
        for (var i = 0; i < 1_000; i++)
        {
            await sender.SendPacketAsync(stalled.PublicKey, new byte[1_200], Token);
            await sender.SendPacketAsync(other.PublicKey, BitConverter.GetBytes(i), Token);
            Assert.Equal(i, BitConverter.ToInt32((await other.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes));
        }
    }

    [Fact]
    public async Task Reader_ThatStandsStillWhileManySend_HoldsTwoQueuesAndNoMore()
    {
        await using var relay = new MemoryRelay();
        var (first, stalled) = await StalledAsync(relay);
        var senders = new List<RelayClient> { first };
        for (var i = 0; i < 50; i++)
        {
            senders.Add(await relay.ComesAsync());
        }

        await Task.WhenAll(senders.Select(async sender =>
        {
            for (var i = 0; i < 40; i++)
            {
                await sender.SendPacketAsync(stalled.PublicKey, new byte[500], Token);
                await sender.SendPacketAsync(stalled.PublicKey, Party.Disco, Token);
            }

            await sender.DrainAsync(Token);
        }));

        const int Sent = 51 * 40;
        Assert.Equal(Sent - FrameRing.Capacity, relay.Server.Metrics.Dropped(DropReason.QueueHead, isDisco: false));
        Assert.Equal(Sent - FrameRing.Capacity, relay.Server.Metrics.Dropped(DropReason.QueueHead, isDisco: true));
        Assert.Equal(1 + (2 * FrameRing.Capacity), (await PacketsAsync(stalled, 1 + (2 * FrameRing.Capacity))).Count);
    }

    [Fact]
    public async Task Connection_ThatEnds_LosesWhatWaited()
    {
        await using var relay = new MemoryRelay();
        var (sender, stalled) = await StalledAsync(relay);
        await SendAsync(sender, stalled, 1, 5);

        relay.Server.Disconnect(stalled.PublicKey);

        await MemoryRelay.UntilAsync(() => relay.Server.Metrics.Dropped(DropReason.GoneDisconnected, isDisco: false) == 6);
    }

    [Fact]
    public async Task Batch_OfManyPackets_IsOneWrite()
    {
        await using var relay = new MemoryRelay();
        var (near, far) = relay.OpenBoth();
        var receiver = RelayClient.Over(far, relay.NewKey());
        await receiver.LoginAsync(null, Token);
        var sender = await relay.ComesAsync();
        var writes = near.Writes;
        byte[] packet = [.. RelayFrame.Of(RelayFrameType.SendPacket, receiver.PublicKey.Bytes.Span.ToArray(), new byte[60]).Encode()];

        await sender.SendRawAsync(Enumerable.Repeat(packet, 100).SelectMany(bytes => bytes).ToArray(), Token);

        await PacketsAsync(receiver, 100);
        Assert.Equal(writes + 1, near.Writes);
    }

    [Fact]
    public async Task Batch_ForMoreDestinationsThanAreFlushedTogether_ReachesAll()
    {
        await using var relay = new MemoryRelay();
        var sender = await relay.ComesAsync();
        var receivers = new List<RelayClient>();
        for (var i = 0; i < 70; i++)
        {
            receivers.Add(await relay.ComesAsync());
        }

        await sender.SendRawAsync(
            receivers.SelectMany(receiver => RelayFrame.Of(RelayFrameType.SendPacket, receiver.PublicKey.Bytes.Span.ToArray(), [1]).Encode()).ToArray(),
            Token);

        foreach (var receiver in receivers)
        {
            Assert.Equal([1], (await receiver.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes);
        }
    }

    [Fact]
    public async Task Batch_LargerThanTheWriteBuffer_IsAsManyWritesAndLosesNothing()
    {
        await using var relay = new MemoryRelay();
        var (near, far) = relay.OpenBoth(room: 1024 * 1024);
        var receiver = RelayClient.Over(far, relay.NewKey());
        await receiver.LoginAsync(null, Token);
        var sender = await relay.ComesAsync(room: 1024 * 1024);
        var writes = near.Writes;
        const int Length = 1_200;
        byte[] packet = [.. RelayFrame.Of(RelayFrameType.SendPacket, receiver.PublicKey.Bytes.Span.ToArray(), new byte[Length]).Encode()];

        await sender.SendRawAsync(Enumerable.Repeat(packet, 40).SelectMany(bytes => bytes).ToArray(), Token);

        await PacketsAsync(receiver, 40);
        Assert.InRange(near.Writes - writes, 40 * packet.Length / Outbox.BufferLength, 8);
    }

    [Fact]
    public async Task Senders_ManyToOne_EachInOrder()
    {
        await using var relay = new MemoryRelay();
        var receiver = await relay.ComesAsync();
        var senders = new List<RelayClient>();
        for (var i = 0; i < 8; i++)
        {
            senders.Add(await relay.ComesAsync());
        }

        var sending = Task.WhenAll(senders.Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await sender.SendPacketAsync(receiver.PublicKey, BitConverter.GetBytes(i), Token);
            }

            await sender.DrainAsync(Token);
        })));

        var last = senders.ToDictionary(sender => sender.PublicKey, _ => -1);
        var got = 0;
        var done = false;
        while (!done)
        {
            done = sending.IsCompleted;
            foreach (var packet in (await receiver.DrainAsync(Token)).OfType<RelayMessage.Packet>())
            {
                var number = BitConverter.ToInt32(packet.Bytes);
                Assert.True(number > last[packet.Source], "A packet overtook an earlier one of the same sender.");
                last[packet.Source] = number;
                got++;
            }
        }

        await sending;
        Assert.Equal(8 * 300, got + relay.Server.Metrics.Dropped(DropReason.QueueHead, isDisco: false));
    }

    /// <summary>A client that has stopped to read, with one packet, number 0, on its way to it.</summary>
    private static async Task<(RelayClient Sender, RelayClient Receiver)> StalledAsync(MemoryRelay relay)
    {
        var sender = await relay.ComesAsync(room: 1024 * 1024);
        return (sender, await relay.StallsAsync(sender, BitConverter.GetBytes(0)));
    }

    private static async Task SendAsync(RelayClient sender, RelayClient receiver, int first, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await sender.SendPacketAsync(receiver.PublicKey, BitConverter.GetBytes(first + i), Token);
        }

        await sender.DrainAsync(Token);
    }

    private static async Task<IEnumerable<int>> NumbersAsync(RelayClient receiver, int count) =>
        (await PacketsAsync(receiver, count)).Select(packet => BitConverter.ToInt32(packet));

    private static async Task<List<byte[]>> PacketsAsync(RelayClient receiver, int count)
    {
        List<byte[]> packets = [];
        while (packets.Count < count)
        {
            packets.Add((await receiver.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes);
        }

        return packets;
    }
}
