using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Tests.Control;

/// <summary>The conventions that hold for every message, one by one.</summary>
public sealed class WireRulesTests
{
    private const string Key = "nodekey:69ec2b1601408ff517a571b1474bc07b7f15e4d327b2cb9d8ca0245af2009a13";

    [Fact]
    public void PropertyNames_InAnyCase_AreUnderstood()
    {
        var request = Parse<MapRequest>(
            $$$"""{"version":138,"NODEKEY":"{{{Key}}}","hostInfo":{"os":"linux","SSHHOSTKEYS":["ssh-ed25519 A"]}}""");
        Assert.Equal((138, Key, "linux"), (request.Version, request.NodeKey.ToString(), request.Hostinfo!.Os));
        Assert.Equal(["ssh-ed25519 A"], request.Hostinfo.SshHostKeys);
    }

    [Fact]
    public void UnknownFields_Parsed_AreIgnored() =>
        Assert.Equal(
            new MapRequest { Version = 150 },
            Parse<MapRequest>("""{"Version":150,"FromTheFuture":{"a":[1,{"b":null}]},"Another":"x"}"""));

    [Fact]
    public void RepeatedField_Parsed_LastOneCounts() => Assert.Equal(2, Parse<MapRequest>("""{"Version":1,"Version":2}""").Version);

    [Fact]
    public void DictionaryKeys_Written_AreVerbatim()
    {
        var config = new DnsConfig
        {
            Routes = WireMap.CopyOf<string, WireList<DnsResolver>?>(
                [new("Corp.Example.COM", []), new("0.e.1.a.c.5.1.1.a.7.d.f.ip6.arpa.", null)]),
        };
        Assert.Equal(
            """{"DNSConfig":{"Routes":{"Corp.Example.COM":[],"0.e.1.a.c.5.1.1.a.7.d.f.ip6.arpa.":null}}}""",
            Text(new MapResponse { DnsConfig = config }));
    }

    [Theory]
    [InlineData("2026-08-04T10:11:12.123456789Z", "2026-08-04T10:11:12.1234567Z")]
    [InlineData("2026-08-04T10:11:12Z", "2026-08-04T10:11:12Z")]
    [InlineData("1970-01-01T02:02:03+02:00", "1970-01-01T00:02:03Z")]
    [InlineData("2026-08-04T10:11:12.5-07:30", "2026-08-04T17:41:12.5Z")]
    public void Time_AtAnyOffset_IsWrittenInUtcWithZ(string input, string output)
    {
        var request = Parse<RegisterRequest>($$"""{"Expiry":"{{input}}"}""");
        Assert.Equal(TimeSpan.Zero, request.Expiry!.Value.Offset);
        Assert.Contains($"\"Expiry\":\"{output}\"", Text(request));
    }

    [Theory]
    [InlineData("2026-08-04T10:11:12")]
    [InlineData("2026-08-04 10:11:12Z")]
    [InlineData("2026-08-04")]
    [InlineData("2026-13-04T10:11:12Z")]
    [InlineData("2026-02-30T10:11:12Z")]
    [InlineData("2026-08-04T24:00:00Z")]
    [InlineData("2026-08-04T10:11:12.Z")]
    [InlineData("2026-08-04T10:11:12+0200")]
    [InlineData("2026-08-04T10:11:12z")]
    [InlineData("")]
    public void Time_InAnotherForm_IsRefused(string input) =>
        Assert.Throws<JsonException>(() => Parse<RegisterRequest>($$"""{"Expiry":"{{input}}"}"""));

    [Fact]
    public void ZeroTime_Parsed_IsNotSet()
    {
        Assert.Null(Parse<RegisterRequest>("""{"Expiry":"0001-01-01T00:00:00Z"}""").Expiry);
        Assert.Null(Parse<MapResponse>("""{"Node":{"KeyExpiry":"0001-01-01T00:00:00Z"}}""").Node!.KeyExpiry);
        Assert.Null(Parse<MapResponse>("""{"Node":{"KeyExpiry":"0001-01-01T00:00:00+01:00"}}""").Node!.KeyExpiry);
    }

    [Fact]
    public void ZeroTime_WhereAlwaysOnTheWire_IsWritten() =>
        Assert.Contains("\"Expiry\":\"0001-01-01T00:00:00Z\"", Text(new RegisterRequest()));

    [Fact]
    public void PeerChangeExpiry_AbsentNullZeroAndSet_AreKeptApart()
    {
        PeerChange Change(string member) =>
            Parse<MapResponse>($$"""{"PeersChangedPatch":[{"NodeID":1{{member}}}]}""").PeersChangedPatch![0];
        Assert.Null(Change("").KeyExpiry);
        Assert.Null(Change(",\"KeyExpiry\":null").KeyExpiry);
        Assert.Equal(WireTime.Zero, Change(",\"KeyExpiry\":\"0001-01-01T00:00:00Z\"").KeyExpiry);
        Assert.Equal(
            """{"PeersChangedPatch":[{"NodeID":1,"KeyExpiry":"0001-01-01T00:00:00Z"},{"NodeID":2}]}""",
            Text(new MapResponse
            {
                PeersChangedPatch = [new PeerChange { NodeId = 1, KeyExpiry = WireTime.Zero }, new PeerChange { NodeId = 2 }],
            }));
    }

    [Fact]
    public void Bytes_Written_ArePaddedBase64AndNullWhenEmpty()
    {
        Assert.Contains("\"NodeKeySignature\":\"AQI=\"", Text(new RegisterResponse { NodeKeySignature = new ByteString([1, 2]) }));
        Assert.Contains("\"NodeKeySignature\":null", Text(new RegisterResponse()));
        Assert.Equal([1, 2], Parse<RegisterRequest>("""{"NodeKeySignature":"AQI="}""").NodeKeySignature.Span.ToArray());
        Assert.Throws<JsonException>(() => Parse<RegisterRequest>("""{"NodeKeySignature":"AQI"}"""));
    }

    [Fact]
    public void Duration_OnTheWire_IsIntegerNanoseconds()
    {
        Assert.Equal(
            """{"accept":true,"sessionDuration":1500000000}""",
            Text(new SshAction { Accept = true, SessionDuration = TimeSpan.FromSeconds(1.5) }));
        Assert.Equal(TimeSpan.FromHours(12), Parse<SshAction>("""{"sessionDuration":43200000000000}""").SessionDuration);
        Assert.Equal(
            TimeSpan.FromTicks(long.MaxValue / 100),
            Parse<SshAction>("""{"sessionDuration":9223372036854775807}""").SessionDuration);
        Assert.Equal("""{"sessionDuration":9223372036854775800}""", Text(new SshAction { SessionDuration = TimeSpan.MaxValue }));
        Assert.Throws<JsonException>(() => Parse<SshAction>("""{"sessionDuration":"12h"}"""));
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"Desktop":null}""", null)]
    [InlineData("""{"Desktop":true}""", true)]
    [InlineData("""{"Desktop":false}""", false)]
    public void OptionalBool_Parsed_HasThreeValues(string json, bool? expected) => Assert.Equal(expected, Parse<Hostinfo>(json).Desktop);

    [Fact]
    public void OptionalBool_FalseAndUnknown_AreWrittenApart()
    {
        Assert.Equal("""{"Desktop":false}""", Text(new Hostinfo { Desktop = false }));
        Assert.Equal("{}", Text(new Hostinfo()));
        Assert.Throws<JsonException>(() => Parse<Hostinfo>("""{"Desktop":"true"}"""));
    }

    [Theory]
    [InlineData("""{"Version":nulX}""")]
    [InlineData("""{"Version":1,"X":[tru],"Y":2}""")]
    [InlineData("""{"Version":falsf""")]
    [InlineData("""{"Version":1,"X":nul""")]
    public void Malformed_InPieces_IsRefusedAsInOne(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
            {
                var pieces = SequenceOf.Segments(bytes[..first], bytes[first..second], bytes[second..]);
                Assert.ThrowsAny<JsonException>(() => ControlJson.Parse<MapRequest>(pieces));
            }
        }
    }

    [Theory]
    [InlineData("1e999")]
    [InlineData("-1e999")]
    [InlineData("1E400")]
    public void Number_OutOfRange_IsRefused(string number) =>
        Assert.Throws<JsonException>(() => Parse<Hostinfo>($$"""{"NetInfo":{"DERPLatency":{"1-v4": {{number}} } } }"""));

    [Fact]
    public void Number_LargestThatThereIs_IsReadAndWritten()
    {
        const string Json = """{"NetInfo":{"DERPLatency":{"1-v4":1.7976931348623157E+308}}}""";
        Assert.Equal(Json, Text(Parse<Hostinfo>(Json)));
    }

    [Fact]
    public void Endpoint_OfIpv6_StandsInBrackets()
    {
        var request = Parse<MapRequest>("""{"Endpoints":["[FD7A::1]:41641","192.0.2.1:1"]}""");
        Assert.Equal(
            [new IPEndPoint(IPAddress.Parse("fd7a::1"), 41641), new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1)],
            request.Endpoints);
        Assert.Contains("\"Endpoints\":[\"[fd7a::1]:41641\",\"192.0.2.1:1\"]", Text(request));
        Assert.Throws<JsonException>(() => Parse<MapRequest>("""{"Endpoints":["fd7a::1:41641"]}"""));
    }

    [Fact]
    public void Address_EmptyText_IsNotSet()
    {
        Assert.Null(Parse<MapResponse>("""{"PingRequest":{"URL":"u","IP":""}}""").PingRequest!.Ip);
        Assert.Equal(
            """{"PingRequest":{"URL":"u","IP":"fd7a::1"}}""",
            Text(new MapResponse { PingRequest = new() { Url = "u", Ip = IPAddress.Parse("FD7A:0::1") } }));
    }

    [Fact]
    public void IntegerKeys_OnTheWire_AreDecimalStrings()
    {
        var response = new MapResponse { OnlineChange = WireMap.CopyOf<long, bool>([new(12, true), new(9007199254740991, false)]) };
        Assert.Equal("""{"OnlineChange":{"12":true,"9007199254740991":false}}""", Text(response));
        Assert.Equal(response, Parse<MapResponse>(Text(response)));
        Assert.Throws<JsonException>(() => Parse<MapResponse>("""{"OnlineChange":{"x":true}}"""));
    }

    [Theory]
    [InlineData("""{"Node":{"ID":0}}""")]
    [InlineData("""{"Node":{}}""")]
    [InlineData("""{"Node":{"ID":null,"User":null,"Online":null,"MachineAuthorized":null,"Key":null,"Name":null,"Addresses":null,"CapMap":null}}""")]
    public void NullZeroAndAbsent_WhereEqual_ParseTheSame(string json) =>
        Assert.Equal(new MapResponse { Node = new MapNode() }, Parse<MapResponse>(json));

    [Theory]
    [InlineData("PacketFilter", "[]")]
    [InlineData("PacketFilters", """{"base":null}""")]
    [InlineData("PacketFilters", """{"base":[],"*":null}""")]
    [InlineData("PacketFilters", "{}")]
    [InlineData("Health", "[]")]
    [InlineData("DisplayMessages", """{"*":null,"a":{"Title":"","Text":"","Severity":"high"}}""")]
    [InlineData("Peers", "[]")]
    [InlineData("Node", """{"AllowedIPs":[]}""")]
    [InlineData("Node", """{"CapMap":{}}""")]
    [InlineData("Node", """{"CapMap":{"a":null,"b":[],"c":[null],"d":[true,{"x":"y"},"s",1.50]}}""")]
    [InlineData("PeersChangedPatch", """[{"NodeID":3,"Endpoints":[]}]""")]
    [InlineData("PeersChangedPatch", """[{"NodeID":3,"CapMap":{}}]""")]
    [InlineData("SSHPolicy", """{"rules":[]}""")]
    [InlineData("SSHPolicy", """{"rules":null}""")]
    [InlineData("ControlDialPlan", """{"Candidates":[]}""")]
    [InlineData("DNSConfig", "{}")]
    [InlineData("DNSConfig", """{"Routes":{"a":null,"b":[]}}""")]
    [InlineData("DERPMap", """{"HomeParams":{"RegionScore":{}}}""")]
    [InlineData("DERPMap", """{"HomeParams":{}}""")]
    [InlineData("DERPMap", """{"Regions":{"901":null}}""")]
    public void NullAndEmpty_WhereClientsTellThemApart_AreKept(string name, string value)
    {
        var json = $"{{\"{name}\":{value}}}";
        Assert.Equal(json, Text(Parse<MapResponse>(json)));
        Assert.NotEqual(new MapResponse(), Parse<MapResponse>(json));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("\"x\"")]
    public void CapMapValue_ThatIsNoList_IsRefused(string value) =>
        Assert.Throws<JsonException>(() => Parse<MapResponse>($"{{\"Node\":{{\"CapMap\":{{\"a\":{value}}}}}}}"));

    [Fact]
    public void NullElements_OfLists_AreDroppedBothWays()
    {
        Assert.Equal("""{"Peers":[{"ID":1}]}""", Text(Parse<MapResponse>("""{"Peers":[null,{"ID":1},null]}""")));
        Assert.Equal("""{"Peers":[{"ID":1}]}""", Text(new MapResponse { Peers = [null!, new MapNode { Id = 1 }] }));
        Assert.Equal(
            """{"RoutableIPs":["10.0.0.0/8"],"RequestTags":["tag:a"]}""",
            Text(Parse<Hostinfo>("""{"RoutableIPs":[null,"10.0.0.0/8",""],"RequestTags":[null,"tag:a"]}""")));
    }

    [Fact]
    public void Nul_InStringsKeysAndRawValues_NeverReachesTheWire()
    {
        var response = new MapResponse
        {
            Domain = "a\0b",
            Node = new MapNode
            {
                CapMap = WireMap.CopyOf<string, WireList<RawJson>?>(
                    [new("c\0d", [RawJson.Parse("""{"e\u0000f":["g\u0000","\\u0000"]}""")])]),
            },
        };
        Assert.Equal("""{"Node":{"CapMap":{"cd":[{"ef":["g","\\u0000"]}]}},"Domain":"ab"}""", Text(response));
        Assert.Equal("ab", Parse<Hostinfo>("""{"Hostname":"a\u0000b"}""").Hostname);
    }

    [Fact]
    public void Text_Written_IsEscapedNoMoreThanNeeded() =>
        Assert.Equal("""{"Hostname":"a+b<c>&'é\"\\\n"}""", Text(new Hostinfo { Hostname = "a+b<c>&'é\"\\\n" }));

    [Fact]
    public void Keys_ZeroEmptyAndNull_AreTheSame()
    {
        var zero = $"nodekey:{new string('0', 64)}";
        foreach (var value in (string[])["null", "\"\"", $"\"{zero}\""])
        {
            Assert.True(Parse<RegisterRequest>($$"""{"OldNodeKey":{{value}}}""").OldNodeKey.IsZero);
        }

        Assert.Contains($"\"OldNodeKey\":\"{zero}\"", Text(new RegisterRequest()));
        Assert.DoesNotContain("discokey", Text(new MapResponse { Node = new MapNode { Key = NodePublicKey.Parse(Key) } }));
        Assert.Throws<JsonException>(() => Parse<RegisterRequest>("""{"NodeKey":"mkey:00"}"""));
    }

    [Fact]
    public void KeepAlive_Written_IsTheRememberedText() =>
        Assert.Equal(MapResponse.KeepAliveUtf8.ToArray(), ControlJson.SerializeToUtf8Bytes(new MapResponse { KeepAlive = true }));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{\"Version\":1,}")]
    [InlineData("{\"Version\":1}}")]
    [InlineData("{'Version':1}")]
    public void Malformed_Parsed_ThrowsJsonException(string json)
    {
        Assert.ThrowsAny<JsonException>(() => Parse<MapRequest>(json));
        Assert.ThrowsAny<JsonException>(() => ControlJson.Parse<MapRequest>(Split(Encoding.UTF8.GetBytes(json))));
    }

    [Fact]
    public void InvalidUtf8_Parsed_ThrowsJsonException()
    {
        byte[] json = [.. "{\"Hostinfo\":{\"Hostname\":\""u8, 0xff, 0xfe, .. "\"}}"u8];
        Assert.ThrowsAny<JsonException>(() => ControlJson.Parse<MapRequest>(json));
        byte[] name = [.. "{\"DERPMap\":{\"Regions\":{\""u8, 0xff, .. "\":null}}}"u8];
        Assert.ThrowsAny<JsonException>(() => ControlJson.Parse<MapResponse>(name));
    }

    [Fact]
    public void Sequence_InAnyPieces_ParsesLikeOneSpan()
    {
        foreach (var line in Captures.All().Where(line => line.Kind == "request" && line.Path == "/machine/map").Take(20))
        {
            var utf8 = Encoding.UTF8.GetBytes(line.Body!.Value.GetRawText());
            Assert.Equal(ControlJson.Parse<MapRequest>(utf8), ControlJson.Parse<MapRequest>(Split(utf8)));
        }
    }

    [Fact]
    public void MutatedCaptures_Parsed_ThrowNothingButJsonException()
    {
        var random = new Random(20260804);
        var (parsed, refused) = (0, 0);
        var bodies = Captures.All().Where(line => line.Body is not null && line.Kind is "request" or "frame")
            .Select(line => (line.Kind, Utf8: Encoding.UTF8.GetBytes(line.Body!.Value.GetRawText())))
            .Where(body => body.Utf8.Length < 8192);
        foreach (var (kind, utf8) in bodies)
        {
            for (var round = 0; round < 20; round++)
            {
                var copy = utf8.ToArray();
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                {
                    copy[random.Next(copy.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : copy[random.Next(copy.Length)];
                }

                try
                {
                    _ = kind == "frame" ? (object)ControlJson.Parse<MapResponse>(copy) : ControlJson.Parse<RegisterRequest>(copy);
                    parsed++;
                }
                catch (JsonException)
                {
                    refused++;
                }
            }
        }

        Assert.True(parsed > 100 && refused > 100);
    }

    private static T Parse<T>(string json)
        where T : class, IControlMessage => ControlJson.Parse<T>(Encoding.UTF8.GetBytes(json));

    private static string Text<T>(T message)
        where T : class, IControlMessage => Encoding.UTF8.GetString(ControlJson.SerializeToUtf8Bytes(message));

    /// <summary>The same bytes in pieces of seven.</summary>
    private static ReadOnlySequence<byte> Split(byte[] utf8)
    {
        var first = new Piece(utf8.AsMemory(0, Math.Min(7, utf8.Length)), null);
        var last = first;
        for (var start = 7; start < utf8.Length; start += 7)
        {
            last = new Piece(utf8.AsMemory(start, Math.Min(7, utf8.Length - start)), last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
