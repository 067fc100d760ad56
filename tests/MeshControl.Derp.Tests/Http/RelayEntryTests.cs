using System.Text;
using MeshControl.Derp.Http;

namespace MeshControl.Derp.Tests.Http;

/// <summary>How much is read of a connection to find out what flows on it, and that none of it is lost.</summary>
public sealed class RelayEntryTests
{
    private const string Head = "GET /derp HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n\r\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task Read_RelayRequestInPieces_LeavesTheFramesBehindIt(int piece)
    {
        using var stream = new PiecesStream(Encoding.ASCII.GetBytes(Head + "frames"), piece);

        var first = await RelayEntry.ReadAsync(stream, Token);

        Assert.Equal(new RelayRequest(IsFastStart: false, IsIdeal: true), first.Relay);
        Assert.Equal("frames", await ReadToEndAsync(new PrefixedStream(stream, first.Rest)));
    }

    [Theory]
    [InlineData("GET /key HTTP/1.1\r\n\r\n", 1)]
    [InlineData("GET /key HTTP/1.1\r\n\r\n", 4096)]
    [InlineData("GET /derp/probe HTTP/1.1\r\n\r\n", 4)]
    [InlineData("GET /de", 3)]
    [InlineData("", 1)]
    public async Task Read_AnythingElse_LosesNothing(string sent, int piece)
    {
        using var stream = new PiecesStream(Encoding.ASCII.GetBytes(sent), piece);

        var first = await RelayEntry.ReadAsync(stream, Token);

        Assert.Null(first.Relay);
        Assert.Equal(sent, await ReadToEndAsync(new PrefixedStream(stream, first.Rest)));
    }

    private static async Task<string> ReadToEndAsync(Stream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[16];
        int count;
        while ((count = await stream.ReadAsync(buffer, Token)) > 0)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class PiecesStream(byte[] bytes, int piece) : AsyncOnlyStream
    {
        private int _position;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(Math.Min(piece, buffer.Length), bytes.Length - _position);
            bytes.AsMemory(_position, count).CopyTo(buffer);
            _position += count;
            return new ValueTask<int>(count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
