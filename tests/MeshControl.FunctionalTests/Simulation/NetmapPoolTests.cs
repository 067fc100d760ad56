using System.Text;
using System.Text.Json;
using MeshControl.FunctionalTests.Replay;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Simulation;

/// <summary>What crowds of nodes share must be what each would have made for itself.</summary>
public sealed class NetmapPoolTests
{
    private readonly NetmapPool _pool = new();

    [Fact]
    public void Parse_RecordedMessages_EqualThoseParsedAlone()
    {
        var messages = RecordedMessages().Select(line => line.Body!.Value.GetRawText()).ToList();
        Assert.True(messages.Count > 100);
        Assert.All(messages, json => Assert.Equal(
            ControlJson.Parse<MapResponse>(Encoding.UTF8.GetBytes(json)), _pool.Parse(Encoding.UTF8.GetBytes(json))));
    }

    [Fact]
    public void Apply_RecordedStreams_GivesTheSameNetmaps()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        var plain = new NetmapRules(CapabilityVersions.Latest, time);
        var pooled = new NetmapRules(CapabilityVersions.Latest, time, _pool);
        foreach (var stream in RecordedMessages().GroupBy(line => (line.Scene, line.Client, line.Channel, line.Request)))
        {
            Netmap? expected = null;
            Netmap? actual = null;
            foreach (var line in stream)
            {
                var json = Encoding.UTF8.GetBytes(line.Body!.Value.GetRawText());
                if (expected is null && !line.Body.Value.TryGetProperty("Node", out _))
                {
                    // The recording began in the middle of the stream.
                    break;
                }

                expected = plain.Apply(expected, ControlJson.Parse<MapResponse>(json));
                actual = pooled.Apply(actual, _pool.Parse(json));
                Assert.Equal(expected?.Peers, actual?.Peers);
                Assert.Equal(expected?.Self, actual?.Self);
            }
        }
    }

    [Fact]
    public void Parse_TwoViewers_ShareThePeer()
    {
        var one = _pool.Parse("""{"Node":{"ID":1},"Peers":[{"ID":3,"Name":"c."}]}"""u8);
        var two = _pool.Parse("""{"Node":{"ID":2},"PeersChanged":[{"ID":3,"Name":"c."}],"Domain":"x"}"""u8);
        Assert.Same(one.Peers![0], two.PeersChanged![0]);
        Assert.Equal((1, 2, "x"), (one.Node!.Id, two.Node!.Id, two.Domain));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"Peers":[{"ID":"x"}]}""")]
    [InlineData("""{"Peers":[{"ID":1}""")]
    [InlineData("""{"Peers":[]}{}""")]
    public void Parse_Malformed_IsRefusedAsAlone(string json)
    {
        Assert.ThrowsAny<JsonException>(() => ControlJson.Parse<MapResponse>(Encoding.UTF8.GetBytes(json)));
        Assert.ThrowsAny<JsonException>(() => _pool.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public async Task FetchByStream_ServerThatAnswersNothingElse_IsTheSameMap()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        await server.JoinAsync("two", key);
        var token = TestContext.Current.CancellationToken;

        var fetched = await one.FetchMapAsync(token);
        var streamed = await one.FetchMapByStreamAsync(token);

        Assert.Null(NetmapDifference.Find(streamed, fetched));
    }

    private static IEnumerable<RecordedLine> RecordedMessages() =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Vectors", "traffic"), "*.jsonl")
            .Order(StringComparer.Ordinal)
            .SelectMany(file => RecordedLine.ReadScene(Path.GetFileName(file)[..2]))
            .Where(line => line is { Kind: "frame", Body: not null });
}
