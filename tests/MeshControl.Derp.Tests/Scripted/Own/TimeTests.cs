using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted.Own;

/// <summary>What the relay does by the clock, which stands still but for the tests.</summary>
public sealed class TimeTests
{
    private const int NoticeBurst = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Idle_Client_IsKeptAliveOnceInAMinute()
    {
        await using var relay = new MemoryRelay();
        var client = await relay.ComesAsync();

        for (var minute = 0; minute < 3; minute++)
        {
            relay.Pass(59);
            Assert.Empty(await client.DrainAsync(Token));

            // Those pings were answered, which is as good as a frame for nothing: the minute begins again.
            relay.Pass(65);
            Assert.IsType<RelayMessage.KeepAlive>(await client.ReceiveAsync(Token));
            Assert.Empty(await client.DrainAsync(Token));
        }
    }

    [Fact]
    public async Task Idle_Clients_AreNotKeptAliveAllAtOnce()
    {
        const int count = 50;
        await using var relay = new MemoryRelay();
        var clients = new List<Task<RelayMessage>>();
        for (var i = 0; i < count; i++)
        {
            clients.Add((await relay.ComesAsync()).ReceiveAsync(Token));
        }

        relay.Pass(62);
        await MemoryRelay.UntilAsync(() => clients.Exists(client => client.IsCompleted));
        relay.Pass(4);
        Assert.All(await Task.WhenAll(clients), message => Assert.IsType<RelayMessage.KeepAlive>(message));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(90)]
    public async Task Login_NotDoneAfterTenSeconds_IsClosed(int sent)
    {
        await using var relay = new MemoryRelay();
        await using var client = RelayClient.Over(relay.Open(cancellationToken: CancellationToken.None), relay.NewKey());
        await client.ReadGreetingAsync(Token);
        var login = client.LoginFrame();
        await client.SendRawAsync(login.AsMemory(0, sent), Token);

        relay.Pass(9);
        Assert.False(relay.Served[0].IsCompleted);
        relay.Pass(2);

        Assert.Null(await client.ReadFrameAsync(Token));
        await relay.Served[0];
    }

    [Fact]
    public async Task Greeting_ThatNobodyReads_IsGivenUpAfterTenSeconds()
    {
        await using var relay = new MemoryRelay();
        relay.Open(room: 8, cancellationToken: CancellationToken.None);
        relay.Pass(12);
        await relay.Served[0];
    }

    [Fact]
    public async Task Disco_ToNobody_IsToldOnceASecondAfterTheFirstThree()
    {
        await using var relay = new MemoryRelay();
        var client = await relay.ComesAsync();
        var nobody = Absent(relay);

        Assert.Equal(NoticeBurst, await AskAsync(client, nobody, times: 10));
        Assert.Equal(0, await AskAsync(client, nobody, times: 10));
        relay.Pass(1);
        Assert.Equal(1, await AskAsync(client, nobody, times: 10));
        relay.Pass(2);
        Assert.Equal(2, await AskAsync(client, nobody, times: 10));
        relay.Pass(60);
        Assert.Equal(NoticeBurst, (await AskMessagesAsync(client, nobody, times: 10)).OfType<RelayMessage.PeerGone>().Count());
    }

    [Fact]
    public async Task Disco_ToNobody_IsLimitedForEachSender()
    {
        await using var relay = new MemoryRelay();
        var (first, second) = (await relay.ComesAsync(), await relay.ComesAsync());
        var nobody = Absent(relay);
        Assert.Equal(NoticeBurst, await AskAsync(first, nobody, times: 10));
        Assert.Equal(NoticeBurst, await AskAsync(second, nobody, times: 10));
    }

    [Fact]
    public async Task Rate_OfOneClient_IsHeldAndNothingIsLost()
    {
        await using var relay = new MemoryRelay(new RelayOptions { BytesPerSecond = 10_000, BurstBytes = 65_568 });
        var (sender, reader, other) = (await relay.ComesAsync(), await relay.ComesAsync(), await relay.ComesAsync());
        var largest = new byte[RelayFrame.MaxPacketLength];
        var sending = SendAsync(sender, reader, largest, times: 2);
        Assert.Equal(largest.Length, (await reader.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes.Length);

        // Others are not held, and the second packet does not come.
        for (var round = 0; round < 20; round++)
        {
            await other.SendPacketAsync(reader.PublicKey, new byte[] { 1 }, Token);
            Assert.Equal([1], Assert.IsType<RelayMessage.Packet>(Assert.Single(await ReceiveAndDrainAsync(reader))).Bytes);
        }

        // The relay waits, beside its own ticking.
        await MemoryRelay.UntilAsync(() => relay.Time.PendingTimers > 1);
        relay.Pass(3);
        Assert.Empty(await reader.DrainAsync(Token));
        relay.Pass(5);
        Assert.Equal(largest.Length, (await reader.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes.Length);
        await sending;
    }

    private static async Task<IReadOnlyList<RelayMessage>> ReceiveAndDrainAsync(RelayClient client) =>
        [await client.ReceiveAsync(Token), .. await client.DrainAsync(Token)];

    private static async Task SendAsync(RelayClient from, RelayClient to, byte[] packet, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await from.SendPacketAsync(to.PublicKey, packet, Token);
        }
    }

    private static NodePublicKey Absent(MemoryRelay relay) => new(relay.NewKey().PublicKey);

    private static async Task<int> AskAsync(RelayClient client, NodePublicKey nobody, int times)
    {
        var answers = await AskMessagesAsync(client, nobody, times);
        Assert.All(answers, answer => Assert.Equal(new RelayMessage.PeerGone(nobody, PeerGoneReason.NotHere), answer));
        return answers.Count;
    }

    private static async Task<IReadOnlyList<RelayMessage>> AskMessagesAsync(RelayClient client, NodePublicKey nobody, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await client.SendPacketAsync(nobody, Party.Disco, Token);
        }

        return await client.DrainAsync(Token);
    }
}
