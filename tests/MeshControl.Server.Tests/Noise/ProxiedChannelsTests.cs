using System.Buffers.Binary;
using System.Net;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Noise;
using MeshControl.Server.Tests.Hosting;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;

namespace MeshControl.Server.Tests.Noise;

public sealed class ProxiedChannelsTests
{
    private const int FrameHeaderLength = 9;
    private const byte Settings = 4;
    private const byte Ping = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // What is left of a client whose network was cut: the proxy's connection, from which nothing comes.
    [Fact]
    public async Task Channel_ThroughATrustedProxyWithASilentClient_IsPingedAndEnded()
    {
        await using var bench = await StartAsync();
        using var machine = X25519PrivateKey.Generate();
        await using var channel = await ControlDialer.OpenAsync(
            Through(bench), machine, await bench.GetServerKeyAsync(), new ByteCounter(), Token);
        await channel.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray(), Token);
        await channel.FlushAsync(Token);

        var kinds = await ReadFramesAsync(channel);

        Assert.Contains(Settings, kinds);
        Assert.Contains(Ping, kinds);
    }

    [Fact]
    public async Task Channel_ThroughATrustedProxy_IsServedAndEndsWithTheServer()
    {
        await using var bench = await StartAsync();
        using var machine = X25519PrivateKey.Generate();
        await using var client = new ControlClient(Through(bench), machine, new NodeTraffic());

        using var answer = await client.SendAsync(HttpMethod.Get, "/machine/whoami", body: null, Token);
        await bench.StopAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(bench.Log.Entries);
    }

    private static async Task<ServerBench> StartAsync()
    {
        var bench = new ServerBench();
        bench.Options = bench.Options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] };
        await bench.StartAsync();
        return bench;
    }

    private static ControlEndpoint Through(ServerBench bench) =>
        bench.Endpoint with { ProxyHeader = $"{TrustedProxies.RealIp}: 192.0.2.7" };

    /// <summary>The kinds of frames until the server ends the channel.</summary>
    private static async Task<HashSet<byte>> ReadFramesAsync(NoiseClientStream channel)
    {
        var early = new byte[EarlyPayload.HeaderLength];
        await channel.ReadExactlyAsync(early, Token);
        await channel.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(early.AsSpan(early.Length - sizeof(int)))], Token);

        var kinds = new HashSet<byte>();
        var header = new byte[FrameHeaderLength];
        while (await channel.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, Token) == header.Length)
        {
            kinds.Add(header[3]);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >> 8];
            await channel.ReadExactlyAsync(body, Token);
        }

        return kinds;
    }
}
