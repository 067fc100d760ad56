using MeshControl.Derp.Tests.Scripted.Sites;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted;

/// <summary>The clients of one script, with keys of their own; all leave when the script ends.</summary>
internal sealed class Party(IRelaySite site) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _clients = [];
    private readonly List<X25519PrivateKey> _keys = [];

    /// <summary>A packet that looks like a disco message: magic, key and nonce, and nothing behind them.</summary>
    public static byte[] Disco { get; } = [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac, .. Enumerable.Repeat((byte)0xd1, 56)];

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public X25519PrivateKey NewKey()
    {
        var key = X25519PrivateKey.Generate();
        _keys.Add(key);
        return key;
    }

    /// <summary>A key that nobody is connected with.</summary>
    public NodePublicKey Nobody() => new(NewKey().PublicKey);

    /// <summary>A client that has read the greeting.</summary>
    public async Task<RelayClient> GreetedAsync(X25519PrivateKey? key = null)
    {
        var client = await site.OpenAsync(key ?? NewKey(), Token);
        _clients.Add(client);
        await client.ReadGreetingAsync(Token);
        return client;
    }

    /// <summary>A client that is in.</summary>
    public async Task<RelayClient> ComesAsync(X25519PrivateKey? key = null, RelayLogin? login = null)
    {
        var client = await GreetedAsync(key);
        await client.SendRawAsync(client.LoginFrame(login), Token);
        await client.ReadServerInfoAsync(Token);
        // The relay may say who it is a moment before others find the client.
        // Of a key that is connected already it may also say that.
        Assert.All(await client.DrainAsync(Token), message => Assert.IsType<RelayMessage.Health>(message));
        return client;
    }

    /// <summary>Sends until something arrives, for where the relay has to notice something first that nobody can see.</summary>
    /// <param name="from">Sends packets.</param>
    /// <param name="to">Only listens, since whatever it said would count.</param>
    public static async Task EventuallyReachesAsync(RelayClient from, RelayClient to)
    {
        var arrival = to.ReceiveAsync<RelayMessage.Packet>(Token);
        for (var attempt = 0; attempt < 1_000 && !arrival.IsCompleted; attempt++)
        {
            await from.SendPacketAsync(to.PublicKey, new byte[] { 42 }, Token);
            Assert.DoesNotContain(await from.DrainAsync(Token), message => message is RelayMessage.PeerGone);
        }

        Assert.Equal(from.PublicKey, (await arrival).Source);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        foreach (var key in _keys)
        {
            key.Dispose();
        }
    }
}
