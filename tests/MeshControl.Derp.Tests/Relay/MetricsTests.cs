using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Derp.Tests.Scripted;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Relay;

/// <summary>What the relay counts.</summary>
public sealed class MetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Numbers_TellWhatHappened()
    {
        await using var relay = new MemoryRelay();
        var key = relay.NewKey();
        var (sender, receiver) = (await relay.ComesAsync(), await relay.ComesAsync(key));
        await relay.ComesAsync(key);
        await sender.NotePreferredAsync(true, Token);
        await sender.SendPacketAsync(sender.PublicKey, new byte[100], Token);
        await sender.SendPacketAsync(sender.PublicKey, Party.Disco, Token);
        await sender.SendPacketAsync(new NodePublicKey(relay.NewKey().PublicKey), new byte[50], Token);
        await sender.SendPacketAsync(new NodePublicKey(relay.NewKey().PublicKey), Party.Disco, Token);
        await sender.SendFrameAsync(RelayFrame.Of((RelayFrameType)0x77, [1]), Token);
        await sender.DrainAsync(Token);
        await receiver.DisposeAsync();
        await relay.Served[1].WaitAsync(Token);

        var numbers = RelayNumbers.Read(relay.Server.Metrics);

        (string Name, long Value)[] expected =
        [
            ("connections client", 2),
            ("clients local", 2),
            ("connections.accepted", 3),
            ("duplicates", 1),
            ("home", 1),
            ("packets.received data", 2),
            ("packets.received disco", 2),
            ("received data", 150),
            ("packets.sent data", 1),
            ("packets.sent disco", 1),
            ("sent data", 100),
            ("sent disco", Party.Disco.Length),
            ("packets.dropped unknown_dest data", 1),
            ("packets.dropped unknown_dest disco", 1),
            ("dropped unknown_dest data", 50),
            ("peer_gone not_here", 1),
            ("pings", 2),
            ("pongs", 2),
            ("unknown_frames", 1),
        ];
        Assert.Equal(expected, expected.Select(entry => (entry.Name, numbers.GetValueOrDefault(entry.Name))));
        // A client that says at once where its home is has not moved, and one that leaves has not either.
        Assert.DoesNotContain(numbers.Keys, name => name.StartsWith("home_moves", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Home_ChangedLater_IsAMove()
    {
        await using var relay = new MemoryRelay();
        var client = await relay.ComesAsync();
        relay.Pass(6);
        await client.NotePreferredAsync(true, Token);
        await client.NotePreferredAsync(true, Token);
        await client.DrainAsync(Token);
        Assert.Equal(1, RelayNumbers.Read(relay.Server.Metrics)["home_moves in"]);
        await client.NotePreferredAsync(false, Token);
        await client.DrainAsync(Token);
        var numbers = RelayNumbers.Read(relay.Server.Metrics);
        Assert.Equal(1, numbers["home_moves out"]);
        Assert.DoesNotContain("home", numbers.Keys);
    }
}
