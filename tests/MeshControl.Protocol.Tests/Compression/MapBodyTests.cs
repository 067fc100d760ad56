using System.Buffers;
using System.Text;
using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Memory;

namespace MeshControl.Protocol.Tests.Compression;

public sealed class MapBodyTests : IDisposable
{
    private const int Limit = 1 << 20;

    private readonly ZstdCompressor _compressor = new();
    private readonly ZstdDecompressor _decompressor = new();
    private readonly MapFrameWriter _frames;

    public MapBodyTests() => _frames = new MapFrameWriter(_compressor);

    public void Dispose()
    {
        _compressor.Dispose();
        _decompressor.Dispose();
    }

    [Fact]
    public void WriteTo_TextAlone_IsTheSameAsTheMessageAtOnce()
    {
        var json = Encoding.ASCII.GetBytes("{\"Domain\":\"" + new string('x', 9000) + "\"}");
        foreach (var compress in new[] { false, true })
        {
            using var body = _frames.Begin(compress);
            body.Text.Write(json);
            var (expected, actual) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
            _frames.Write(expected, json, compress);

            body.WriteTo(actual);

            Assert.Equal(expected.WrittenSpan, actual.WrittenSpan);
        }
    }

    [Theory]
    [InlineData("{[", "|a|b", ",c|", "d]}")]
    [InlineData("|{[a|b]}")]
    [InlineData("{[|a|", "b|c|]}")]
    public void WriteTo_TextAndSharedFrames_UnpackToWhatWasAddedInOrder(params string[] pieces)
    {
        // What is between bars was compressed before.
        using var body = _frames.Begin(compress: true);
        var expected = new StringBuilder();
        foreach (var (part, index) in string.Join("", pieces).Split('|').Select((part, index) => (part, index)))
        {
            var text = string.Concat(Enumerable.Repeat(part, 100));
            expected.Append(text);
            if (index % 2 == 0)
            {
                body.Text.Write(Encoding.ASCII.GetBytes(text));
            }
            else
            {
                body.AddFrame(body.CompressShared(Encoding.ASCII.GetBytes(text)));
            }
        }

        Assert.Equal(expected.ToString(), Encoding.ASCII.GetString(Unpack(body)));
    }

    [Fact]
    public void WriteTo_ManySharedFrames_HaveNoLengthsInTheirHeaders()
    {
        const int Frames = 50;
        using var body = _frames.Begin(compress: true);
        for (var i = 0; i < Frames; i++)
        {
            body.Text.Write([(byte)'a']);
            body.AddFrame(body.CompressShared("bcd"u8));
        }

        using var output = new PooledBuffer();
        body.WriteTo(output);

        // Clients would allocate anew for each frame that tells how long it is.
        var frames = output.Written[MapFrame.PrefixLength..];
        var count = 0;
        for (int at; (at = frames.IndexOf(Magic)) >= 0; frames = frames[(at + 1)..])
        {
            count++;
            var descriptor = frames[at + Magic.Length];
            Assert.Equal(0, descriptor & 0b1110_0000);
        }

        Assert.Equal(2 * Frames, count);
    }

    [Fact]
    public void AddFrame_ClientThatDoesNotCompress_Throws()
    {
        using var body = _frames.Begin(compress: false);
        var frame = body.CompressShared("abc"u8);

        Assert.Throws<InvalidOperationException>(() => body.AddFrame(frame));
    }

    private static ReadOnlySpan<byte> Magic => [0x28, 0xB5, 0x2F, 0xFD];

    private byte[] Unpack(MapBody body)
    {
        using var output = new PooledBuffer();
        body.WriteTo(output);
        var buffer = new ReadOnlySequence<byte>(output.WrittenMemory);
        Assert.Equal(MapFrameStatus.Done, MapFrame.Read(ref buffer, Limit, out var frames));
        var json = new ArrayBufferWriter<byte>();
        Assert.Equal(ZstdStatus.Ok, _decompressor.TryDecompress(frames, Limit, json));
        return json.WrittenSpan.ToArray();
    }
}
