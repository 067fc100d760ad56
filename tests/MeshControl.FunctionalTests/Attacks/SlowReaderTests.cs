using System.Buffers.Binary;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Peers;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Attacks;

/// <summary>Nodes that ask for much and take nothing.</summary>
[Collection(AttackCollection.Name)]
public sealed class SlowReaderTests
{
    private const ushort InitialWindowSize = 4;

    // What the server renders for one channel at a time.
    private const int MaxWholeMaps = 8;
    private const int Asked = 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WholeMaps_MoreThanAtOnceAndNobodyReadsThem_WaitAndEndInTime()
    {
        var time = new ManualTimeProvider();
        await using var attacked = await AttackedServer.StartAsync(time: time);
        await attacked.AssertServesAsync();
        await FattenAsync(attacked);
        await using var peer = await ScriptedPeer.ShakeHandsAsync(
            attacked.Server.Endpoint, attacked.Resident.Identity.MachineKey, attacked.ServerKey, Token);
        await peer.StartHttp2Async(Token);
        var noWindow = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(noWindow, InitialWindowSize);
        await peer.SendFrameAsync(new Http2Frame(Http2FrameType.Settings, 0, 0, noWindow), Token);
        var request = ControlJson.SerializeToUtf8Bytes(attacked.Resident.CreateMapRequest(stream: false, omitPeers: false) with { Compress = null, ReadOnly = true });
        for (var i = 0; i < Asked; i++)
        {
            await peer.SendRequestAsync(
                (2 * i) + 1, isWhole: false, [(":method", "POST"), (":scheme", "https"), (":authority", "unused"), (":path", "/machine/map")], Token);
            await peer.SendFrameAsync(new Http2Frame(Http2FrameType.Data, Http2Frame.EndStream, (2 * i) + 1, request), Token);
        }

        // Those whose turn it is have begun, and no other.
        for (var begun = 0; begun < MaxWholeMaps; begun++)
        {
            Assert.Equal(200, Hpack.ReadStatus((await peer.ReadFrameAsync(Http2FrameType.Headers, Token)).Payload.Span));
        }

        await attacked.AssertServesAsync();
        await peer.SendFrameAsync(new Http2Frame(Http2FrameType.Ping, 0, 0, new byte[8]), Token);
        Assert.Equal([], await ReadUntilAsync(peer, Http2FrameType.Ping, Http2FrameType.Headers));

        var reset = new HashSet<int>();
        while (reset.Count < Asked)
        {
            time.Advance(TimeSpan.FromSeconds(31));
            reset.Add((await peer.ReadFrameAsync(Http2FrameType.ResetStream, Token)).Stream);
        }

        await attacked.AssertServesAsync();
    }

    /// <summary>Makes a map larger than what the web server takes without a reader.</summary>
    private static async Task FattenAsync(AttackedServer attacked)
    {
        var update = attacked.Resident.CreateMapRequest(stream: false, omitPeers: true);
        var fat = update.Hostinfo! with
        {
            SshHostKeys = WireList.CopyOf(Enumerable.Range(0, 8).Select(_ => new string('k', 3000))),
            Services = WireList.CopyOf(Enumerable.Range(1, 64).Select(port => new Service { Proto = "tcp", Port = (ushort)port, Description = new string('d', 500) })),
            RoutableIps = WireSet.CopyOf(Enumerable.Range(0, 1000).Select(i => IpPrefix.Parse($"fd00:{i:x}:abcd:abcd:abcd:abcd:abcd:abcd/128"))),
        };
        Assert.Empty(await attacked.Resident.Client.PostMapAsync(update with { Hostinfo = fat }, Token));
    }

    /// <summary>Reads up to a frame of one type.</summary>
    /// <returns>The streams of frames of another type that came before it.</returns>
    private static async Task<List<int>> ReadUntilAsync(ScriptedPeer peer, Http2FrameType last, Http2FrameType counted)
    {
        var streams = new List<int>();
        while (await peer.ReadFrameAsync(Token) is { } frame && frame.Type != last)
        {
            if (frame.Type == counted)
            {
                streams.Add(frame.Stream);
            }
        }

        return streams;
    }
}
