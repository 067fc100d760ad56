using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted.Own;

/// <summary>Readers that do not read: what is kept for them, what is dropped, when they are closed, and that nobody else notices.</summary>
public sealed class QueueTests
{
    private const int QueueCapacity = 32;

    /// <summary>So little that the relay's first write of several packets waits.</summary>
    private const int SmallRoom = 1_024;

    private const int PacketLength = 2_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Full_DataQueue_LosesItsOldest()
    {
        const int sent = 300;
        await using var relay = new MemoryRelay();
        var (sender, reader) = (await relay.ComesAsync(), await relay.ComesAsync(room: SmallRoom));

        await SendAsync(sender, reader, Enumerable.Range(0, sent).Select(Data));

        var arrived = await NumbersUntilAsync(reader, sent - 1);
        Assert.InRange(arrived.Count, QueueCapacity, sent - 1);
        Assert.Equal(arrived.Distinct().Order(), arrived);
        // What was already being written, then a gap, then the newest.
        Assert.Equal(Enumerable.Range(sent - QueueCapacity, QueueCapacity), arrived.TakeLast(QueueCapacity));
        Assert.Equal(Enumerable.Range(0, arrived.Count - QueueCapacity), arrived.Take(arrived.Count - QueueCapacity));
    }

    [Fact]
    public async Task Full_DiscoQueue_LosesItsOldest()
    {
        const int sent = 300;
        await using var relay = new MemoryRelay();
        var (sender, reader) = (await relay.ComesAsync(), await relay.ComesAsync(room: SmallRoom));

        await SendAsync(sender, reader, Enumerable.Range(0, sent).Select(Disco));

        var arrived = await NumbersUntilAsync(reader, sent - 1);
        Assert.InRange(arrived.Count, QueueCapacity, sent - 1);
        Assert.Equal(Enumerable.Range(sent - QueueCapacity, QueueCapacity), arrived.TakeLast(QueueCapacity));
    }

    [Fact]
    public async Task Flood_OfData_PushesNoDiscoOut()
    {
        await using var relay = new MemoryRelay();
        var (sender, reader) = (await relay.ComesAsync(), await relay.ComesAsync(room: SmallRoom));
        var flood = Enumerable.Range(1_000, 200).Select(Data).ToList();

        await SendAsync(sender, reader, [.. flood, .. Enumerable.Range(0, QueueCapacity).Select(Disco), .. Enumerable.Range(500_000, 100).Select(Data), .. flood]);

        var arrived = await NumbersUntilAsync(reader, 1_199, QueueCapacity - 1);
        Assert.Equal(Enumerable.Range(0, QueueCapacity), arrived.Where(number => number < 1_000));
    }

    [Fact]
    public async Task Flood_OfDisco_PushesNoDataOut()
    {
        await using var relay = new MemoryRelay();
        var (sender, reader) = (await relay.ComesAsync(), await relay.ComesAsync(room: SmallRoom));
        var flood = Enumerable.Range(1_000, 200).Select(Disco).ToList();

        await SendAsync(sender, reader, [.. flood, .. Enumerable.Range(0, QueueCapacity).Select(Data), .. flood]);

        var arrived = await NumbersUntilAsync(reader, 1_199, QueueCapacity - 1);
        Assert.Equal(Enumerable.Range(0, QueueCapacity), arrived.Where(number => number < 1_000));
    }

    [Fact]
    public async Task Stopped_Reader_DelaysNobodyElse()
    {
        const int rounds = 100;
        await using var relay = new MemoryRelay();
        var (sender, stopped, other) = (await relay.ComesAsync(), await relay.ComesAsync(room: SmallRoom), await relay.ComesAsync());

        // No time passes at all, so the stopped reader stays; if anybody waited for it, they would wait for good.
        for (var round = 0; round < rounds; round++)
        {
            await sender.SendPacketAsync(stopped.PublicKey, Data(round), Token);
            await sender.SendPacketAsync(other.PublicKey, Data(round), Token);
            await other.SendPacketAsync(stopped.PublicKey, Data(round), Token);
            Assert.Equal(Data(round), (await other.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes);
        }

        Assert.Empty(await sender.DrainAsync(Token));
    }

    [Fact]
    public async Task Stopped_Reader_IsClosedAfterTwoSeconds()
    {
        await using var relay = new MemoryRelay();
        var (sender, stopped) = (await relay.ComesAsync(), await relay.ComesAsync(room: SmallRoom));
        await SendAsync(sender, stopped, Enumerable.Range(0, 100).Select(Data));

        relay.Pass(1);
        await sender.SendPacketAsync(stopped.PublicKey, Disco(1), Token);
        Assert.Empty(await sender.DrainAsync(Token));

        relay.Pass(3);
        await GoneAsync(sender, stopped.PublicKey);
        // Its own writes fail as well as its reads, whichever comes first.
        var end = await Record.ExceptionAsync(async () => await stopped.DrainAsync(Token));
        Assert.True(end is RelayProtocolException or IOException);
    }

    [Fact]
    public async Task Slow_Reader_IsKept()
    {
        const int perSecond = 12;
        await using var relay = new MemoryRelay();
        var (sender, slow) = (await relay.ComesAsync(), await relay.ComesAsync(room: SmallRoom));
        for (var second = 0; second < 10; second++)
        {
            // There is always more for it than it takes.
            await SendAsync(sender, slow, Enumerable.Range(0, QueueCapacity).Select(Data));
            relay.Pass(1);
            for (var i = 0; i < perSecond; i++)
            {
                await slow.ReceiveAsync<RelayMessage.Packet>(Token);
            }
        }

        await SendAsync(sender, slow, [Disco(5_000)]);
        Assert.Contains(5_000, await NumbersUntilAsync(slow, 5_000));
    }

    [Fact]
    public async Task Stopped_ReaderWithNothingToRead_IsKept()
    {
        await using var relay = new MemoryRelay();
        var client = await relay.ComesAsync(room: SmallRoom);
        relay.Pass(50);
        Assert.Empty(await client.DrainAsync(Token));
    }

    [Fact]
    public async Task Pings_OfAReaderThatDoesNotRead_AreNotCollected()
    {
        const int sent = 10_000;
        await using var relay = new MemoryRelay();
        var client = await relay.ComesAsync(room: 64);
        for (var i = 0; i < sent; i++)
        {
            await client.SendPingAsync((ulong)i, Token);
        }

        await client.SendPacketAsync(client.PublicKey, Data(1), Token);
        var pongs = 0;
        while (await client.ReceiveAsync(Token) is RelayMessage.Pong)
        {
            pongs++;
        }

        Assert.InRange(pongs, 1, sent / 2);
    }

    private static byte[] Data(int number) => [.. BitConverter.GetBytes(number), .. new byte[PacketLength - sizeof(int)]];

    private static byte[] Disco(int number) => [.. Party.Disco, .. BitConverter.GetBytes(number), .. new byte[PacketLength]];

    private static int Number(RelayMessage message)
    {
        var bytes = Assert.IsType<RelayMessage.Packet>(message).Bytes;
        return BitConverter.ToInt32(bytes, bytes.AsSpan().StartsWith(Party.Disco) ? Party.Disco.Length : 0);
    }

    /// <summary>Reads until packets with all these numbers have come; the queues have an order each, but none between them.</summary>
    private static async Task<List<int>> NumbersUntilAsync(RelayClient reader, params IEnumerable<int> last)
    {
        var missing = last.ToHashSet();
        List<int> numbers = [];
        while (missing.Count > 0)
        {
            numbers.Add(Number(await reader.ReceiveAsync(Token)));
            missing.Remove(numbers[^1]);
        }

        return numbers;
    }

    /// <summary>Sends packets, and waits until the relay has dealt with all of them.</summary>
    private static async Task SendAsync(RelayClient from, RelayClient to, IEnumerable<byte[]> packets)
    {
        foreach (var packet in packets)
        {
            await from.SendPacketAsync(to.PublicKey, packet, Token);
        }

        Assert.Empty(await from.DrainAsync(Token));
    }

    /// <summary>Waits until a key is nobody's any more; the relay's clock stands still, so it says so three times only.</summary>
    private static async Task GoneAsync(RelayClient asker, NodePublicKey key)
    {
        var notices = new List<RelayMessage>();
        for (var attempt = 0; attempt < 1_000 && notices.Count == 0; attempt++)
        {
            await asker.SendPacketAsync(key, Disco(attempt), Token);
            notices.AddRange(await asker.DrainAsync(Token));
        }

        Assert.Equal(new RelayMessage.PeerGone(key, PeerGoneReason.NotHere), Assert.Single(notices.Distinct()));
    }
}
