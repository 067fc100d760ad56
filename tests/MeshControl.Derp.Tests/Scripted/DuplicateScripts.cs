using MeshControl.Derp.Tests.Scripted.Sites;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted;

/// <summary>Several connections of one key: the one that last said something gets what is for all of them.</summary>
public abstract class DuplicateScripts(Func<Task<IRelaySite>> start, bool isShared) : RelayScripts(start, isShared)
{
    [Fact]
    public async Task Duplicate_NewConnection_TakesOver()
    {
        await using var party = NewParty();
        var key = party.NewKey();
        var sender = await party.ComesAsync();
        var first = await party.ComesAsync(key);
        await ReachesAsync(sender, first);

        var second = await party.ComesAsync(key);

        await ReachesAsync(sender, second);
        Assert.Empty(await PacketsAsync(first));
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("note")]
    [InlineData("unknown")]
    [InlineData("packet")]
    public async Task Duplicate_FirstSpeaks_TakesBack(string what)
    {
        await using var party = NewParty();
        var key = party.NewKey();
        var sender = await party.ComesAsync();
        var first = await party.ComesAsync(key);
        var second = await party.ComesAsync(key);
        await ReachesAsync(sender, second);

        await first.SendFrameAsync(
            what switch
            {
                "ping" => RelayFrame.Of(RelayFrameType.Ping, new byte[8]),
                "note" => RelayFrame.Of(RelayFrameType.NotePreferred, [1]),
                "unknown" => RelayFrame.Of((RelayFrameType)0x77, [1, 2, 3]),
                _ => RelayFrame.Of(RelayFrameType.SendPacket, sender.PublicKey.Bytes.Span.ToArray(), [1]),
            },
            Token);
        if (what == "packet")
        {
            await sender.ReceiveAsync<RelayMessage.Packet>(Token);
        }
        else if (what == "ping")
        {
            await first.ReceiveAsync<RelayMessage.Pong>(Token);
        }

        await Party.EventuallyReachesAsync(sender, first);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Duplicate_OneCloses_TheOtherIsReached(bool firstCloses)
    {
        await using var party = NewParty();
        var key = party.NewKey();
        var sender = await party.ComesAsync();
        var first = await party.ComesAsync(key);
        var second = await party.ComesAsync(key);

        await (firstCloses ? first : second).DisposeAsync();

        await Party.EventuallyReachesAsync(sender, firstCloses ? second : first);
    }

    [Fact]
    public async Task Duplicate_ThreeConnections_TheMostRecentSpeakerWins()
    {
        await using var party = NewParty();
        var key = party.NewKey();
        var sender = await party.ComesAsync();
        var first = await party.ComesAsync(key);
        var second = await party.ComesAsync(key);
        var third = await party.ComesAsync(key);
        await ReachesAsync(sender, third);

        await DrainedAsync(second);
        await ReachesAsync(sender, second);
        await DrainedAsync(first);
        await ReachesAsync(sender, first);

        // Second spoke before it, third not since then.
        await first.DisposeAsync();
        await Party.EventuallyReachesAsync(sender, second);
        await second.DisposeAsync();
        await Party.EventuallyReachesAsync(sender, third);
        await ReachesAsync(sender, third);
    }

    [Fact]
    public async Task Duplicate_AllGone_IsNobody()
    {
        await using var party = NewParty();
        var key = party.NewKey();
        var watcher = await party.ComesAsync();
        RelayClient[] all = [await party.ComesAsync(key), await party.ComesAsync(key), await party.ComesAsync(key)];
        await all[1].SendPacketAsync(watcher.PublicKey, new byte[] { 1 }, Token);
        await watcher.ReceiveAsync<RelayMessage.Packet>(Token);

        foreach (var client in all)
        {
            await client.DisposeAsync();
        }

        Assert.Equal(new RelayMessage.PeerGone(all[0].PublicKey, PeerGoneReason.Disconnected), await watcher.ReceiveAsync(Token));
        await watcher.SendPacketAsync(all[0].PublicKey, Party.Disco, Token);
        Assert.Equal([new RelayMessage.PeerGone(all[0].PublicKey, PeerGoneReason.NotHere)], await watcher.DrainAsync(Token));
    }

    /// <summary>What is sent now arrives at this connection.</summary>
    private static async Task ReachesAsync(RelayClient sender, RelayClient at)
    {
        await sender.SendPacketAsync(at.PublicKey, new byte[] { 42 }, Token);
        await DrainedAsync(sender);
        while (true)
        {
            var message = await at.ReceiveAsync(Token);
            if (message is RelayMessage.Packet packet)
            {
                Assert.Equal(sender.PublicKey, packet.Source);
                return;
            }

            // A relay may tell a key that it is connected twice.
            Assert.IsType<RelayMessage.Health>(message);
        }
    }

    private static async Task<IReadOnlyList<RelayMessage>> PacketsAsync(RelayClient client) =>
        [.. (await client.DrainAsync(Token)).Where(message => message is RelayMessage.Packet)];

    private static async Task DrainedAsync(RelayClient client) =>
        Assert.DoesNotContain(await client.DrainAsync(Token), message => message is RelayMessage.PeerGone);
}
