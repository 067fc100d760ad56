using MeshControl.Derp.Tests.Scripted.Sites;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted;

/// <summary>Who is told that a peer is gone.</summary>
public abstract class PeerGoneScripts(Func<Task<IRelaySite>> start, bool isShared) : RelayScripts(start, isShared)
{
    [Fact]
    public async Task Gone_Peer_IsToldOnceToThoseItSentTo()
    {
        await using var party = NewParty();
        var (peer, receiver, sender, stranger) =
            (await party.ComesAsync(), await party.ComesAsync(), await party.ComesAsync(), await party.ComesAsync());
        await sender.SendPacketAsync(peer.PublicKey, new byte[] { 1 }, Token);
        await peer.ReceiveAsync<RelayMessage.Packet>(Token);
        foreach (var round in new byte[] { 1, 2, 3 })
        {
            await peer.SendPacketAsync(receiver.PublicKey, new[] { round }, Token);
            await receiver.ReceiveAsync<RelayMessage.Packet>(Token);
        }

        await peer.DisposeAsync();

        Assert.Equal(new RelayMessage.PeerGone(peer.PublicKey, PeerGoneReason.Disconnected), await receiver.ReceiveAsync(Token));
        Assert.Empty(await receiver.DrainAsync(Token));
        Assert.Empty(await sender.DrainAsync(Token));
        Assert.Empty(await stranger.DrainAsync(Token));
    }

    [Fact]
    public async Task Gone_PeerThatCameBackAndSentNothing_IsNotTold()
    {
        await using var party = NewParty();
        var key = party.NewKey();
        var receiver = await party.ComesAsync();
        var peer = await party.ComesAsync(key);
        await peer.SendPacketAsync(receiver.PublicKey, new byte[] { 1 }, Token);
        await receiver.ReceiveAsync<RelayMessage.Packet>(Token);
        await peer.DisposeAsync();
        await receiver.ReceiveAsync<RelayMessage.PeerGone>(Token);

        var again = await party.ComesAsync(key);
        await again.DisposeAsync();
        await GoneAsync(party, again);

        Assert.Empty(await receiver.DrainAsync(Token));
    }

    [Fact]
    public async Task Gone_ReceiverFirst_LeavesNothingToTell()
    {
        await using var party = NewParty();
        var receiverKey = party.NewKey();
        var (peer, receiver) = (await party.ComesAsync(), await party.ComesAsync(receiverKey));
        await peer.SendPacketAsync(receiver.PublicKey, new byte[] { 1 }, Token);
        await receiver.ReceiveAsync<RelayMessage.Packet>(Token);
        await receiver.DisposeAsync();
        await GoneAsync(party, receiver);
        var again = await party.ComesAsync(receiverKey);

        await peer.DisposeAsync();
        await GoneAsync(party, peer);

        Assert.Empty(await again.DrainAsync(Token));
    }

    [Fact]
    public async Task Gone_OneOfTwoConnections_IsNotTold()
    {
        await using var party = NewParty();
        var key = party.NewKey();
        var receiver = await party.ComesAsync();
        var first = await party.ComesAsync(key);
        var second = await party.ComesAsync(key);
        await first.SendPacketAsync(receiver.PublicKey, new byte[] { 1 }, Token);
        await receiver.ReceiveAsync<RelayMessage.Packet>(Token);

        await first.DisposeAsync();
        // Nobody can see that the connection is gone, but once packets reach the other one it is.
        await Party.EventuallyReachesAsync(receiver, second);
        Assert.Empty(await receiver.DrainAsync(Token));

        await second.DisposeAsync();
        Assert.Equal(new RelayMessage.PeerGone(second.PublicKey, PeerGoneReason.Disconnected), await receiver.ReceiveAsync(Token));
    }

    /// <summary>Waits until the relay has noticed that a client is gone.</summary>
    private static async Task GoneAsync(Party party, RelayClient gone)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            // A fresh client each time, since only so many notices are given to one.
            var asker = await party.ComesAsync();
            await asker.SendPacketAsync(gone.PublicKey, Party.Disco, Token);
            if ((await asker.DrainAsync(Token)).Count > 0)
            {
                return;
            }
        }

        Assert.Fail("The relay has not noticed that a client is gone.");
    }
}
