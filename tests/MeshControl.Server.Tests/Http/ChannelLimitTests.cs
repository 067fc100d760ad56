using System.Buffers.Binary;
using MeshControl.Protocol.Crypto;
using MeshControl.Server.Tests.Hosting;
using MeshControl.Testing.Peers;

namespace MeshControl.Server.Tests.Http;

public sealed class ChannelLimitTests
{
    // Stock clients have a few streams at once; a hundred is what the protocol recommends to allow.
    private const int MaxStreams = 100;

    private const ushort MaxConcurrentStreams = 3;
    private const int SettingLength = 6;
    private const uint RefusedStream = 7;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Channel_OneStreamMoreThanAllowed_IsRefusedAloneAndWasAnnounced()
    {
        await using var bench = new ServerBench();
        await bench.StartAsync();
        using var machine = X25519PrivateKey.Generate();
        await using var peer = await ScriptedPeer.ShakeHandsAsync(bench.Endpoint, machine, await bench.GetServerKeyAsync(), Token);
        await peer.StartHttp2Async(Token);
        var settings = await peer.ReadFrameAsync(Http2FrameType.Settings, Token);
        Assert.Equal((uint)MaxStreams, ReadSetting(settings.Payload.Span, MaxConcurrentStreams));

        for (var stream = 1; stream < 2 * MaxStreams; stream += 2)
        {
            await peer.SendRequestAsync(stream, isWhole: false, Request("POST", "/machine/register"), Token);
        }

        const int OneMore = (2 * MaxStreams) + 1;
        await peer.SendRequestAsync(OneMore, isWhole: false, Request("POST", "/machine/register"), Token);
        var reset = await peer.ReadFrameAsync(Http2FrameType.ResetStream, Token);

        Assert.Equal(OneMore, reset.Stream);
        Assert.Equal(RefusedStream, BinaryPrimitives.ReadUInt32BigEndian(reset.Payload.Span));
        await peer.SendFrameAsync(new Http2Frame(Http2FrameType.Data, Http2Frame.EndStream, 1, "{}"u8.ToArray()), Token);
        Assert.Equal(1, (await peer.ReadFrameAsync(Http2FrameType.Headers, Token)).Stream);
        await bench.StopAsync();
        Assert.Empty(bench.Log.Entries);
    }

    private static uint? ReadSetting(ReadOnlySpan<byte> settings, ushort name)
    {
        for (; settings.Length >= SettingLength; settings = settings[SettingLength..])
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(settings) == name)
            {
                return BinaryPrimitives.ReadUInt32BigEndian(settings[sizeof(ushort)..]);
            }
        }

        return null;
    }

    private static (string Name, string Value)[] Request(string method, string path) =>
        [(":method", method), (":scheme", "https"), (":authority", "unused"), (":path", path)];
}
