using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted.Own;

/// <summary>Where the relay tells more than that of the clients' own library, which tells of a peer once for all time.</summary>
public sealed class PeerGoneTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gone_PeerThatCameBackAndSentAgain_IsToldAgain()
    {
        await using var relay = new MemoryRelay();
        var key = relay.NewKey();
        var receiver = await relay.ComesAsync();
        for (var round = 0; round < 3; round++)
        {
            var peer = await relay.ComesAsync(key);
            await peer.SendPacketAsync(receiver.PublicKey, new byte[] { 1 }, Token);
            await receiver.ReceiveAsync<RelayMessage.Packet>(Token);
            await peer.DisposeAsync();
            Assert.Equal(new RelayMessage.PeerGone(peer.PublicKey, PeerGoneReason.Disconnected), await receiver.ReceiveAsync(Token));
        }

        Assert.Empty(await receiver.DrainAsync(Token));
    }
}
