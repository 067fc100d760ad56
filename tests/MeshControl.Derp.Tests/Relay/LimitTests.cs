using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;
using MeshControl.Testing.Time;
using PeerGoneReason = MeshControl.Testing.Relays.PeerGoneReason;

namespace MeshControl.Derp.Tests.Relay;

/// <summary>One beyond every limit.</summary>
public sealed class LimitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_OneMoreThanTheLimit_IsClosedUntilOneLeaves()
    {
        await using var relay = new MemoryRelay(new RelayOptions { MaxConnections = 2 });
        var first = await relay.ComesAsync();
        var silent = relay.Open(cancellationToken: Token);
        await using var third = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        Assert.Empty(await third.ReceiveToEndAsync(Token));

        await silent.DisposeAsync();
        await relay.Served[1].WaitAsync(Token);
        await relay.ComesAsync();
        Assert.Empty(await first.DrainAsync(Token));
    }

    [Fact]
    public async Task ConnectionsOfAKey_OneMoreThanTheLimit_EndsTheMostSilentOne()
    {
        await using var relay = new MemoryRelay(new RelayOptions { MaxConnectionsPerKey = 3 });
        var key = relay.NewKey();
        List<RelayClient> clients = [await relay.ComesAsync(key), await relay.ComesAsync(key), await relay.ComesAsync(key)];
        await clients[0].DrainAsync(Token);

        await relay.ComesAsync(key);

        await relay.Served[1].WaitAsync(Token);
        Assert.Empty(await clients[0].DrainAsync(Token));
        Assert.Empty(await clients[2].DrainAsync(Token));
    }

    [Fact]
    public async Task Logins_OneMoreThanAtOnce_EndsTheOldest()
    {
        await using var relay = new MemoryRelay(new RelayOptions { MaxLogins = 2 });
        var silent = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        await silent.ReadGreetingAsync(Token);
        var slow = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        await slow.ReadGreetingAsync(Token);
        var login = slow.LoginFrame();
        await slow.SendRawAsync(login.AsMemory(0, 100), Token);

        var third = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        await third.LoginAsync(null, Token);

        Assert.Empty(await silent.ReceiveToEndAsync(Token));
        await slow.SendRawAsync(login.AsMemory(100), Token);
        await slow.ReadServerInfoAsync(Token);
    }

    [Fact]
    public async Task Rate_MoreThanTheBurst_IsReadAsFastAsItMayBeAndNothingIsLost()
    {
        var options = new RelayOptions { BytesPerSecond = 10_000, BurstBytes = TokenBucket.MinBurst };
        await using var relay = new MemoryRelay(options);
        var receiver = await relay.ComesAsync();
        var sender = await relay.ComesAsync();
        // Who is told of a limit drops what is above it.
        Assert.False(sender.ServerInfo.TryGetProperty("TokenBucketBytesPerSecond", out _));
        // 65 frames of 1,000 bytes are in the burst, and the 66th overdraws it.
        for (var i = 0; i < 70; i++)
        {
            await sender.SendPacketAsync(receiver.PublicKey, (byte[])[.. BitConverter.GetBytes(i), .. new byte[959]], Token);
        }

        for (var i = 0; i < 65; i++)
        {
            Assert.Equal(i, await NumberAsync(receiver));
        }

        for (var i = 65; i < 70; i++)
        {
            var next = NumberAsync(receiver);
            await MemoryRelay.UntilAsync(() => relay.Time.PendingTimers > 1);
            Assert.False(next.IsCompleted);
            relay.Time.Advance(TimeSpan.FromMilliseconds(101));
            Assert.Equal(i, await next);
        }
    }

    [Fact]
    public async Task Rate_ClosedWhileItWaits_EndsAtOnce()
    {
        await using var relay = new MemoryRelay(new RelayOptions { BytesPerSecond = 1 });
        var sender = await relay.ComesAsync(room: 1024 * 1024);
        await sender.SendPacketAsync(sender.PublicKey, new byte[65_536], Token);
        await sender.SendPacketAsync(sender.PublicKey, new byte[65_536], Token);
        await sender.SendPacketAsync(sender.PublicKey, new byte[65_536], Token);
        await MemoryRelay.UntilAsync(() => relay.Time.PendingTimers > 1);
        relay.Server.Disconnect(sender.PublicKey);
        await relay.Served[0].WaitAsync(Token);
    }

    [Fact]
    public void Bucket_LessThanALongestPacket_HoldsOneNevertheless()
    {
        var time = new ManualTimeProvider();
        var bucket = new TokenBucket(time, bytesPerSecond: 1_000, burstBytes: 1);
        Assert.Equal(TimeSpan.Zero, bucket.Take(TokenBucket.MinBurst + 5));
        Assert.Equal(TimeSpan.FromSeconds(1), bucket.Take(1_000));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromMilliseconds(1), bucket.Take(1));
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.Zero, bucket.Take(TokenBucket.MinBurst));
        Assert.NotEqual(TimeSpan.Zero, bucket.Take(1));

        // Frames that nobody knows are no way around it.
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.FromSeconds(1_000), bucket.Take(TokenBucket.MinBurst + 1_000_000));
    }

    [Fact]
    public async Task UnknownFrame_LongerThanAnyFrame_EndsTheConnection()
    {
        await using var relay = new MemoryRelay();
        var client = await relay.ComesAsync();
        await client.SendRawAsync(Header(0x77, DerpProtocol.MaxFrameLength), Token);
        await client.SendRawAsync(new byte[DerpProtocol.MaxFrameLength], Token);
        Assert.Empty(await client.DrainAsync(Token));

        await client.SendRawAsync(Header(0x77, DerpProtocol.MaxFrameLength + 1), Token);
        Assert.Empty(await client.ReceiveToEndAsync(Token));
    }

    [Fact]
    public async Task SeenPeers_MoreThanTheLimit_AreNotNoted()
    {
        await using var relay = new MemoryRelay();
        var client = await relay.ComesAsync();
        var connection = relay.Server.Hub.Registry.Find(client.PublicKey)!.Active!;
        for (var i = 0; i <= SeenPeers.MaxPeers; i++)
        {
            new PeerSlot(new NodePublicKey(Bytes(i))).AddReceiver(connection);
        }

        Assert.Equal(SeenPeers.MaxPeers, connection.Seen.Count);
    }

    [Fact]
    public void ControlQueue_MoreGonePeersThanTheLimit_AreNotKept()
    {
        var queue = new ControlQueue();
        for (var i = 0; i <= ControlQueue.MaxPeersGone; i++)
        {
            queue.AddGone(new NodePublicKey(Bytes(i)), MeshControl.Protocol.Derp.PeerGoneReason.Disconnected);
        }

        var written = 0;
        while (queue.WriteNext(new byte[100], out _) > 0)
        {
            written++;
        }

        Assert.Equal(ControlQueue.MaxPeersGone, written);
    }

    [Fact]
    public async Task Routes_MoreThanTheLimit_AreFoundAgain()
    {
        await using var relay = new MemoryRelay();
        var sender = await relay.ComesAsync(room: 1024 * 1024);
        List<RelayClient> receivers = [];
        for (var i = 0; i <= RouteCache.MaxRoutes; i++)
        {
            receivers.Add(await relay.ComesAsync());
        }

        foreach (var receiver in receivers.Concat(receivers))
        {
            await sender.SendPacketAsync(receiver.PublicKey, new byte[] { 7 }, Token);
            Assert.Equal([7], (await receiver.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes);
        }

        // What was noted for each pair is noted once, however often the route was forgotten.
        await sender.DisposeAsync();
        foreach (var receiver in receivers)
        {
            Assert.Equal(new RelayMessage.PeerGone(sender.PublicKey, PeerGoneReason.Disconnected), await receiver.ReceiveAsync(Token));
            Assert.Empty(await receiver.DrainAsync(Token));
        }
    }

    [Fact]
    public async Task Login_AnnouncedAtFullLength_HoldsNoMoreThanWhatCame()
    {
        var buffer = new ReadBuffer();
        Assert.Equal(ReadBuffer.UsualLength, buffer.Free().Length);
        buffer.Filled(10);
        buffer.Park();
        Assert.Equal(10, buffer.UnreadLength);
        // Full of one frame: as much again.
        buffer.Filled(buffer.Free().Length);
        Assert.Equal(ReadBuffer.UsualLength, buffer.UnreadLength);
        Assert.Equal(ReadBuffer.UsualLength, buffer.Free().Length);
        buffer.Release();

        await using var relay = new MemoryRelay();
        var client = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        await client.ReadGreetingAsync(Token);
        await client.SendRawAsync(Header(0x02, DerpProtocol.MaxClientInfoLength + 1), Token);
        Assert.Empty(await client.ReceiveToEndAsync(Token));
    }

    private static byte[] Header(byte type, int length)
    {
        var header = new byte[5];
        DerpFrame.WriteHeader(header, (DerpFrameType)type, length);
        return header;
    }

    private static KeyBytes Bytes(int number)
    {
        var bytes = new byte[KeyBytes.Length];
        BitConverter.TryWriteBytes(bytes, number + 1);
        return new KeyBytes(bytes);
    }

    private static async Task<int> NumberAsync(RelayClient client) =>
        BitConverter.ToInt32((await client.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes);
}
