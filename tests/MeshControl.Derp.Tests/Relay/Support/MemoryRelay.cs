using System.Collections.Concurrent;
using System.Net;
using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Scripted.Sites;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Tests.Relay.Support;

/// <summary>A relay whose connections are in memory and whose clock the test moves.</summary>
internal sealed class MemoryRelay : IRelaySite, IRelayAdmission
{
    private readonly X25519PrivateKey _key = X25519PrivateKey.Generate();
    private readonly ConcurrentBag<IAsyncDisposable> _clients = [];
    private readonly ConcurrentBag<X25519PrivateKey> _keys = [];
    private int _ports = 40_000;

    public MemoryRelay(RelayOptions? options = null)
    {
        Options = options ?? new RelayOptions();
        Server = new RelayServer(Options, _key, this, Time, new LoggerFactory([Log]));
    }

    public RelayOptions Options { get; }

    public RelayServer Server { get; }

    public ManualTimeProvider Time { get; } = new();

    public RelayLogLines Log { get; } = new();

    /// <summary>Decides who is let in; everybody at first.</summary>
    public Func<NodePublicKey, ValueTask<bool>> Admits { get; set; } = static _ => ValueTask.FromResult(true);

    /// <summary>What ends when the relay has done with a connection, in the order in which they came.</summary>
    public List<Task> Served { get; } = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask<bool> AdmitAsync(NodePublicKey key, IPAddress source, CancellationToken cancellationToken) => Admits(key);

    public Task<RelayClient> OpenAsync(X25519PrivateKey key, CancellationToken cancellationToken) =>
        Task.FromResult(RelayClient.Over(Open(cancellationToken: CancellationToken.None), key));

    /// <summary>A connection on which nothing was said.</summary>
    /// <param name="room">So many bytes the relay may write before they are read.</param>
    public MemoryDuplexStream Open(int room = 64 * 1024, int mostPerRead = int.MaxValue, CancellationToken cancellationToken = default) =>
        OpenBoth(room, mostPerRead, cancellationToken).Far;

    public (MemoryDuplexStream Near, MemoryDuplexStream Far) OpenBoth(
        int room = 64 * 1024, int mostPerRead = int.MaxValue, CancellationToken cancellationToken = default)
    {
        var (near, far) = MemoryStreamPair.Create(room, mostPerRead);
        _clients.Add(far);
        lock (Served)
        {
            var link = new RelayLink(near, new IPEndPoint(IPAddress.Parse("192.0.2.33"), ++_ports), near.Abort);
            Served.Add(ServeAsync(link, near, cancellationToken));
        }

        return (near, far);
    }

    public X25519PrivateKey NewKey()
    {
        var key = X25519PrivateKey.Generate();
        _keys.Add(key);
        return key;
    }

    /// <summary>A client that is in.</summary>
    public async Task<RelayClient> ComesAsync(X25519PrivateKey? key = null, RelayLogin? login = null, int room = 64 * 1024)
    {
        var client = RelayClient.Over(Open(room), key ?? NewKey());
        await client.LoginAsync(login, Token);
        return client;
    }

    /// <summary>A client that has stopped to read, with one packet on its way to it.</summary>
    public async Task<RelayClient> StallsAsync(RelayClient sender, byte[] packet, RelayLogin? login = null)
    {
        var client = await ComesAsync(login: login, room: 1);
        await sender.SendPacketAsync(client.PublicKey, packet, Token);
        await sender.DrainAsync(Token);
        var outbox = Server.Hub.Registry.Find(client.PublicKey)!.Active!.Outbox;
        await UntilAsync(() => outbox.IsStalledWithoutQueue);
        return client;
    }

    /// <summary>Lets seconds pass, one by one, as they would.</summary>
    public void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Waits until something is so that needs other threads.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        var patience = TimeSpan.FromSeconds(20);
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < patience, "What the test waits for does not happen.");
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await Task.WhenAll(Served);
        foreach (var key in _keys)
        {
            key.Dispose();
        }

        _key.Dispose();
        // Whatever a peer does, it is no surprise.
        Assert.Equal("", string.Join("\n", Log.Lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Text)));
    }

    private async Task ServeAsync(RelayLink link, MemoryDuplexStream near, CancellationToken cancellationToken)
    {
        await Server.ServeAsync(link, cancellationToken);
        await near.DisposeAsync();
    }
}
