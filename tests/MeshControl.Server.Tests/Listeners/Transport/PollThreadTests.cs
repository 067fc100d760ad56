using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MeshControl.Derp.Http;
using MeshControl.Derp.Relay;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Listeners.Polling;
using MeshControl.Testing.Relays;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using RelayEndpoint = MeshControl.Testing.Relays.RelayEndpoint;

namespace MeshControl.Server.Tests.Listeners.Transport;

/// <summary>
/// On the threads that poll sockets only relayed packets are worked off: whatever else ran there, such as a request that waits for the
/// database, would hold up all of them.
/// </summary>
public sealed class PollThreadTests
{
    private const int Rounds = 20;

    private const int MostPackets = 10_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Web_ReadsAndWrites_NeverGoOnThere(bool tlsOnly)
    {
        using var certificate = SortedListener.CertificateFor("server.test");
        ConcurrentBag<bool> seen = [];
        await using var site = await SortedListener.StartAsync(
            connection => EchoAsync(connection, seen), tlsOnly ? certificate : null, tlsOnly ? null : certificate);
        var served = site.ServeNextAsync(Token);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(site.EndPoint, Token);
        await using (var stream = new SslStream(new NetworkStream(client, ownsSocket: true), false, (_, shown, _, _) => shown?.Subject == "CN=server.test"))
        {
            await stream.AuthenticateAsClientAsync("server.test");
            var answer = new byte[1];
            for (var i = 0; i < Rounds; i++)
            {
                await stream.WriteAsync("x"u8.ToArray(), Token);
                await stream.ReadExactlyAsync(answer, Token);
            }
        }

        Assert.False(await served);
        Assert.True(seen.Count > Rounds);
        Assert.DoesNotContain(true, seen);
    }

    [Fact]
    public async Task Relay_LoginAndEndElsewhere_PacketsThere()
    {
        using var certificate = SortedListener.CertificateFor("relay.test");
        using var key = X25519PrivateKey.Generate();
        var watch = new Watch();
        await using var relay = new RelayServer(new RelayOptions(), key, watch, TimeProvider.System, NullLoggerFactory.Instance);
        await using var site = await SortedListener.StartAsync(
            _ => throw new InvalidOperationException("It is the relay's."), certificate, relay: new RelayEntry(relay));
        using var elsewhere = X25519PrivateKey.Generate();
        var destination = new NodePublicKey(elsewhere.PublicKey);
        relay.AddPacketForwarder(destination, watch);
        using var identity = X25519PrivateKey.Generate();

        var served = site.ServeNextAsync(Token);
        await using (var client = await RelayClient.DialAsync(RelayEndpoint.Tls(site.EndPoint), identity, null, Token))
        {
            // A packet that comes while the reader still works is worked off where it is.
            for (var i = 0; i < MostPackets && !watch.Packets.Contains(true); i++)
            {
                await client.SendPacketAsync(destination, new byte[100], Token);
                await watch.Arrived.WaitAsync(Token);
            }
        }

        Assert.False(await served);
        Assert.Equal([false], watch.Logins);
        Assert.Contains(true, watch.Packets);
    }

    private static async Task EchoAsync(ConnectionContext connection, ConcurrentBag<bool> seen)
    {
        seen.Add(PollLoop.IsCurrent);
        while (await connection.Transport.Input.ReadAsync(Token).ConfigureAwait(false) is { IsCompleted: false } read)
        {
            seen.Add(PollLoop.IsCurrent);
            connection.Transport.Output.Write(read.Buffer.ToArray());
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            await connection.Transport.Output.FlushAsync(Token).ConfigureAwait(false);
            seen.Add(PollLoop.IsCurrent);
        }
    }

    /// <summary>Notes for each login and each packet whether it is worked off on a thread that polls.</summary>
    private sealed class Watch : IRelayAdmission, IPacketForwarder
    {
        public ConcurrentQueue<bool> Logins { get; } = new();

        public ConcurrentQueue<bool> Packets { get; } = new();

        public SemaphoreSlim Arrived { get; } = new(0);

        public ValueTask<bool> AdmitAsync(NodePublicKey key, IPAddress source, CancellationToken cancellationToken)
        {
            Logins.Enqueue(PollLoop.IsCurrent);
            return new ValueTask<bool>(true);
        }

        public void Forward(NodePublicKey source, NodePublicKey destination, ReadOnlySpan<byte> packet)
        {
            Packets.Enqueue(PollLoop.IsCurrent);
            Arrived.Release();
        }

        public void Flush()
        {
        }
    }
}
