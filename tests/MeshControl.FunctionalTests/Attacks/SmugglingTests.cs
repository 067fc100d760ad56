using System.Text;
using MeshControl.FunctionalTests.Support;
using MeshControl.Testing.Peers;

namespace MeshControl.FunctionalTests.Attacks;

/// <summary>
/// Requests that a proxy and a server could understand differently. The server refuses them and closes the connection, so that nothing
/// behind them is taken for a request of somebody else.
/// </summary>
[Collection(AttackCollection.Name)]
public sealed class SmugglingTests
{
    private const string Smuggled = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Shapes => new()
    {
        { "two lengths", $"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: {Smuggled.Length}\r\n\r\n" },
        { "lengths in one header", "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 5\r\n\r\n" },
        { "negative length", "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n" },
        { "length of words", "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: zero\r\n\r\n" },
        { "endless length", "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n" },
        { "coding that is not chunked", "POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n" },
        { "chunked before another coding", "POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n" },
        { "coding almost chunked", "POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n" },
        { "chunk length of words", "POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n" },
        { "chunk longer than it says", "POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabcdef\r\n0\r\n\r\n" },
        { "chunk of negative length", "POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" },
        { "chunk longer than anything", "POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n\r\n" },
        { "space before the colon", "GET /version HTTP/1.1\r\nHost : x\r\n\r\n" },
        { "folded header", "GET /version HTTP/1.1\r\nHost: x\r\nX-One: a\r\n b\r\n\r\n" },
        { "header without a name", "GET /version HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n" },
        { "header without a colon", "GET /version HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n" },
        { "NUL in a header", "GET /version HTTP/1.1\r\nHost: x\r\nX-One: a\0b\r\n\r\n" },
        { "carriage return in a header", "GET /version HTTP/1.1\r\nHost: x\r\nX-One: a\rX-Two: b\r\n\r\n" },
        { "no host", "GET /version HTTP/1.1\r\n\r\n" },
        { "two hosts", "GET /version HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" },
        { "another version", "GET /version HTTP/7.3\r\nHost: x\r\n\r\n" },
        { "no version", "GET /version\r\nHost: x\r\n\r\n" },
        { "space in the path", "GET /ver sion HTTP/1.1\r\nHost: x\r\n\r\n" },
        { "NUL in the path", "GET /ver\0sion HTTP/1.1\r\nHost: x\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Request_Ambiguous_IsRefusedAndNothingBehindItIsAnswered(string name, string request)
    {
        await using var server = await TestServer.StartAsync();
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, Token);

        await peer.SendRawAsync(request + Smuggled, Token);
        var answers = Encoding.ASCII.GetString(await peer.ReadToEndAsync(Token));

        Assert.DoesNotContain("\"version\"", answers, StringComparison.Ordinal);
        Assert.True(answers.Split("HTTP/1.1 ").Length <= 2, name);
    }

    // Allowed by the standard, which says that the coding wins and the connection must not be used again.
    [Fact]
    public async Task Request_LengthAndCoding_EndsTheConnection()
    {
        await using var server = await TestServer.StartAsync();
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, Token);

        await peer.SendRawAsync(
            $"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Smuggled}", Token);
        var answers = Encoding.ASCII.GetString(await peer.ReadToEndAsync(Token));

        Assert.DoesNotContain("\"version\"", answers, StringComparison.Ordinal);
    }
}
