using System.Text;
using MeshControl.Derp.Http;

namespace MeshControl.Derp.Tests.Http;

/// <summary>What is a request for the relay, and what a web server has to look at.</summary>
public sealed class RelayHeadTests
{
    private const string Plain = "GET /derp HTTP/1.1\r\nHost: relay.test\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n\r\n";

    [Theory]
    [InlineData(Plain, false, true)]
    [InlineData("GET /derp?x=y HTTP/1.1\r\nHost: h\r\nupgrade: derp\r\nconnection: keep-alive, upgrade\r\n\r\n", false, true)]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUPGRADE:\t DERP \r\nDerp-Fast-Start: 1\r\n\r\n", true, true)]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nderp-fast-start: 0\r\nIdeal-Node: 900b\r\n\r\n", false, false)]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nIdeal-Node: \r\n\r\n", false, true)]
    public void Parse_RequestOfAClient_IsForTheRelay(string head, bool isFastStart, bool isIdeal)
    {
        var bytes = Encoding.ASCII.GetBytes(head + "\x02frames");

        Assert.Equal(RelayHeadStatus.Relay, RelayHead.Parse(bytes, out var request, out var length));

        Assert.Equal(new RelayRequest(isFastStart, isIdeal), request);
        Assert.Equal(head.Length, length);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("POST /derp HTTP/1.1\r\nUpgrade: DERP\r\n\r\n")]
    [InlineData("GET /derp/probe HTTP/1.1\r\nUpgrade: DERP\r\n\r\n")]
    [InlineData("GET /derpmap/default HTTP/1.1\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.0\r\nUpgrade: DERP\r\n\r\n")]
    [InlineData("GET /derp\r\nUpgrade: DERP\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: derp\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nUpgrade: websocket\r\nUpgrade: DERP\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nno colon\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n: no name\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\nUpgrade: DERP\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nContent-Length : 5\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nX: a\r\n folded: b\r\n\r\n")]
    [InlineData("GET /derp HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nX: a\nContent-Length: 5\r\n\r\n")]
    [InlineData("\x16\x03\x01")]
    public void Parse_AnythingElse_IsForTheWebServer(string head)
    {
        Assert.Equal(RelayHeadStatus.Other, RelayHead.Parse(Encoding.ASCII.GetBytes(head), out _, out _));
    }

    [Fact]
    public void Parse_ByteByByte_WaitsForTheWholeHead()
    {
        var bytes = Encoding.ASCII.GetBytes(Plain);

        for (var count = 0; count < bytes.Length; count++)
        {
            Assert.Equal(RelayHeadStatus.Incomplete, RelayHead.Parse(bytes.AsSpan(0, count), out _, out _));
        }

        Assert.Equal(RelayHeadStatus.Relay, RelayHead.Parse(bytes, out _, out _));
    }

    [Theory]
    [InlineData(0, RelayHeadStatus.Relay)]
    [InlineData(1, RelayHeadStatus.Other)]
    public void Parse_HeadOfAnyLength_IsBounded(int excess, RelayHeadStatus expected)
    {
        var padding = RelayHead.MaxLength - Plain.Length - "X: \r\n".Length + excess;
        var head = Plain[..^2] + $"X: {new string('x', padding)}\r\n\r\n";
        Assert.Equal(RelayHead.MaxLength + excess, head.Length);

        Assert.Equal(expected, RelayHead.Parse(Encoding.ASCII.GetBytes(head), out _, out _));
    }

    [Fact]
    public void Parse_EndlessHead_IsGivenUp()
    {
        var bytes = Encoding.ASCII.GetBytes("GET /derp HTTP/1.1\r\nX: " + new string('x', RelayHead.MaxLength));

        Assert.Equal(RelayHeadStatus.Incomplete, RelayHead.Parse(bytes.AsSpan(0, RelayHead.MaxLength - 1), out _, out _));
        Assert.Equal(RelayHeadStatus.Other, RelayHead.Parse(bytes.AsSpan(0, RelayHead.MaxLength), out _, out _));
    }
}
