using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Derp.Tests.Scripted;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Relay;

/// <summary>Everything at once from many threads: whatever happens, no packet is unaccounted for and nothing is left behind.</summary>
public sealed class ChaosTests
{
    private static readonly DerpMeshKey MeshKey = DerpMeshKey.Generate();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Crowd_ComingSendingAndGoing_LeavesNothingBehind(int seed)
    {
        await using var relay = new MemoryRelay(new RelayOptions { MeshKey = MeshKey, MaxConnectionsPerKey = 3 });
        X25519PrivateKey[] keys = [.. Enumerable.Range(0, 12).Select(_ => relay.NewKey())];
        var watcher = await relay.ComesAsync(login: new RelayLogin { MeshKey = MeshKey.ExportSecretText() }, room: 1024 * 1024);
        await watcher.WatchAsync(Token);
        var watching = ReadAllAsync(watcher);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            var random = new Random((100 * seed) + worker);
            for (var life = 0; life < 12; life++)
            {
                await LiveAsync(relay, keys, random);
            }
        })));

        relay.Server.Disconnect(watcher.PublicKey);
        await watching;
        await MemoryRelay.UntilAsync(() => relay.Served.TrueForAll(task => task.IsCompleted));
        // A write may learn of its connection's end after everybody else.
        await MemoryRelay.UntilAsync(() => IsAccountedFor(RelayNumbers.Read(relay.Server.Metrics), "packets."));
        var numbers = RelayNumbers.Read(relay.Server.Metrics);
        Assert.True(IsAccountedFor(numbers, ""));
        Assert.True(RelayNumbers.Sum(numbers, "packets.sent") > 0);
        Assert.Empty(relay.Server.Hub.Registry.Slots);
        Assert.Equal(0, relay.Server.Hub.Watchers.Count);
        Assert.DoesNotContain("home", numbers.Keys);
        Assert.Equal(0, RelayNumbers.Sum(numbers, "connections"));
    }

    private static bool IsAccountedFor(Dictionary<string, long> numbers, string of) =>
        RelayNumbers.Sum(numbers, of + "received") == RelayNumbers.Sum(numbers, of + "sent") + RelayNumbers.Sum(numbers, of + "dropped");

    /// <summary>One connection, with any of the keys, from its login to some end.</summary>
    private static async Task LiveAsync(MemoryRelay relay, X25519PrivateKey[] keys, Random random)
    {
        var reads = random.Next(4) != 0;
        var client = RelayClient.Over(
            relay.Open(random.Next(2) == 0 ? 1 : 64 * 1024, random.Next(3) == 0 ? 700 : int.MaxValue, Token), keys[random.Next(keys.Length)]);
        var reading = Task.CompletedTask;
        try
        {
            await client.LoginAsync(null, Token);
            reading = reads ? ReadAllAsync(client) : reading;
            for (var i = random.Next(60); i > 0; i--)
            {
                await SayAsync(relay, client, keys, random);
            }
        }
        catch (Exception exception) when (exception is RelayProtocolException or IOException or InvalidOperationException)
        {
            // Put out by another: too many of a key, or disconnected.
        }
        finally
        {
            await client.DisposeAsync();
            await reading;
        }
    }

    private static async Task SayAsync(MemoryRelay relay, RelayClient client, X25519PrivateKey[] keys, Random random)
    {
        var peer = new NodePublicKey(keys[random.Next(keys.Length)].PublicKey);
        switch (random.Next(20))
        {
            case 0:
                await client.NotePreferredAsync(random.Next(2) == 0, Token);
                break;
            case 1:
                await client.SendPingAsync((ulong)random.Next(), Token);
                break;
            case 2:
                relay.Time.Advance(TimeSpan.FromMilliseconds(random.Next(300)));
                break;
            case 3 when random.Next(10) == 0:
                relay.Server.Disconnect(peer);
                break;
            case 4:
                await client.SendPacketAsync(peer, new byte[random.Next(65_537)], Token);
                break;
            case < 10:
                await client.SendPacketAsync(peer, Party.Disco, Token);
                break;
            default:
                await client.SendPacketAsync(peer, new byte[random.Next(1_500)], Token);
                break;
        }
    }

    private static async Task ReadAllAsync(RelayClient client)
    {
        try
        {
            while (await client.TryReceiveAsync(Token) is not null)
            {
                // Read strictly, which is the point.
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException
            || (exception is RelayProtocolException && exception.Message.Contains("within a frame", StringComparison.Ordinal)))
        {
            // The end, in whatever form.
        }
    }
}
