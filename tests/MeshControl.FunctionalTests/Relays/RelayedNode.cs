using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Relays;

namespace MeshControl.FunctionalTests.Relays;

/// <summary>A simulated node with a node key of which it has the private half, as relays want to see it.</summary>
internal sealed class RelayedNode : IDisposable
{
    private RelayedNode(SimulatedNode node, X25519PrivateKey key) => (Node, Key) = (node, key);

    public SimulatedNode Node { get; }

    public X25519PrivateKey Key { get; }

    public NodePublicKey PublicKey => new(Key.PublicKey);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Turns the server's own relay on, with STUN on any port of this machine.</summary>
    public static ServerOptions WithRelay(ServerOptions options, Func<DerpServerOptions, DerpServerOptions>? edit = null)
    {
        var relay = options.Derp.Server with { Enabled = true, StunListenAddr = [new ListenAddress(System.Net.IPAddress.Loopback, 0)] };
        return options with { Derp = options.Derp with { Server = edit?.Invoke(relay) ?? relay } };
    }

    /// <summary>A server with a relay.</summary>
    public static Task<TestServer> StartServerAsync(TimeProvider? time = null, Func<ServerOptions, ServerOptions>? edit = null) =>
        TestServer.StartAsync(time, options => edit?.Invoke(WithRelay(options)) ?? WithRelay(options));

    /// <summary>A node that has joined.</summary>
    public static async Task<RelayedNode> JoinAsync(TestServer server, string name, string authKey)
    {
        var key = X25519PrivateKey.Generate();
        var identity = NodeIdentity.Create() with { NodeKey = new NodePublicKey(key.PublicKey) };
        return new RelayedNode(await server.JoinAsync(name, authKey, identity: identity), key);
    }

    /// <summary>Where the server's relay is.</summary>
    public static RelayEndpoint At(TestServer server) => new(new Uri(server.Url, RelayEndpoint.Path));

    /// <summary>Logs in at the server's relay.</summary>
    public Task<RelayClient> DialAsync(TestServer server, Func<RelayEndpoint, RelayEndpoint>? edit = null) =>
        RelayClient.DialAsync(edit?.Invoke(At(server)) ?? At(server), Key, null, Token);

    public void Dispose() => Key.Dispose();
}
