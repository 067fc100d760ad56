using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Tests.Crypto;

namespace MeshControl.Protocol.Tests.Compression;

public sealed class MapFrameTests : IDisposable
{
    private const int Limit = 1 << 20;

    private readonly ZstdCompressor _compressor = new();
    private readonly ZstdDecompressor _decompressor = new();
    private readonly MapFrameWriter _writer;

    public MapFrameTests() => _writer = new MapFrameWriter(_compressor);

    public void Dispose()
    {
        _compressor.Dispose();
        _decompressor.Dispose();
    }

    [Fact]
    public void Write_Raw_IsLittleEndianLengthAndJson()
    {
        var output = new ArrayBufferWriter<byte>();
        var json = Encoding.ASCII.GetBytes("{\"Domain\":\"" + new string('x', 300) + "\"}");

        _writer.Write(output, json, compress: false);

        Assert.Equal(json.Length, BinaryPrimitives.ReadInt32LittleEndian(output.WrittenSpan));
        Assert.Equal(json, output.WrittenSpan[MapFrame.PrefixLength..]);
    }

    [Fact]
    public void Write_Compressed_RoundTrips()
    {
        var output = new ArrayBufferWriter<byte>();
        var messages = Enumerable.Range(1, 50)
            .Select(i => Encoding.ASCII.GetBytes($"{{\"Seq\":{i},\"Domain\":\"{new string('x', i * i)}\"}}"))
            .ToArray();
        foreach (var message in messages)
        {
            _writer.Write(output, message, compress: true);
        }

        var buffer = new ReadOnlySequence<byte>(output.WrittenMemory);
        foreach (var message in messages)
        {
            Assert.Equal(MapFrameStatus.Done, MapFrame.Read(ref buffer, Limit, out var body));
            Assert.Equal(message, Decompress(body));
        }

        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void WriteKeepAlive_EveryTimeAndEveryWriter_GivesTheSameBytes()
    {
        using var otherCompressor = new ZstdCompressor();
        var other = new MapFrameWriter(otherCompressor);
        var first = Written(output => _writer.WriteKeepAlive(output, compress: true));
        Written(output => _writer.Write(output, TestBytes.Pattern(5000, step: 3), compress: true));

        Assert.Equal(first, _writer.KeepAliveFrame.Span);
        Assert.Equal(first, Written(output => _writer.WriteKeepAlive(output, compress: true)));
        Assert.Equal(first, Written(output => _writer.Write(output, MapFrame.KeepAliveJson, compress: true)));
        Assert.Equal(first, Written(output => other.WriteKeepAlive(output, compress: true)));
        Assert.Equal("{\"KeepAlive\":true}", Encoding.ASCII.GetString(Unpack(first)));
        Assert.Equal(_writer.KeepAliveBodyLength, first.Length - MapFrame.PrefixLength);
    }

    [Fact]
    public void WriteKeepAlive_Raw_IsThePlainJson() =>
        Assert.Equal(
            "12000000" + Convert.ToHexStringLower("{\"KeepAlive\":true}"u8),
            Convert.ToHexStringLower(Written(output => _writer.WriteKeepAlive(output, compress: false))));

    [Fact]
    public void Write_MessageThatWouldBeAsLongAsKeepAlive_IsLengthenedBySpace()
    {
        var json = "{\"Seq\":1234567890}"u8.ToArray();
        Assert.Equal(_writer.KeepAliveBodyLength, _compressor.Compress(json).Length);

        var frame = Written(output => _writer.Write(output, json, compress: true));

        Assert.NotEqual(_writer.KeepAliveFrame.Length, frame.Length);
        Assert.Equal([.. json, (byte)' '], Unpack(frame));
    }

    // Messages from incompressible to very compressible: some swallow added spaces without growing.
    [Fact]
    public void Write_ManyShapes_NeverAsLongAsKeepAliveAndOnlySpacesAdded()
    {
        var collisions = 0;
        for (var prefix = 0; prefix < 12; prefix++)
        {
            for (var run = 0; run < 300; run++)
            {
                var json = Encoding.ASCII.GetBytes("{\"" + "qwertzuiopas"[..prefix] + "\":\"" + new string(' ', run) + "\"}");
                collisions += _compressor.Compress(json).Length == _writer.KeepAliveBodyLength ? 1 : 0;

                var frame = Written(output => _writer.Write(output, json, compress: true));

                Assert.NotEqual(_writer.KeepAliveFrame.Length, frame.Length);
                Assert.Equal(json, Unpack(frame).AsSpan().TrimEnd((byte)' '));
            }
        }

        Assert.True(collisions > 100, $"Only {collisions} messages put the rule to the test.");
    }

    [Fact]
    public void Write_RawMessageAsLongAsKeepAlive_IsLeftAlone()
    {
        // Without compression clients compare nothing, and a test client may compare the JSON.
        var json = "{\"Seq\":1234567890}"u8.ToArray();

        Assert.Equal(json, Written(output => _writer.Write(output, json, compress: false))[MapFrame.PrefixLength..]);
    }

    [Fact]
    public void WritePieces_SharedFrames_UnpackToOneMessage()
    {
        ReadOnlyMemory<byte>[] pieces =
        [
            _compressor.Compress("{\"Peers\":[1"u8, ZstdFrameOptions.SharedPiece),
            _compressor.Compress(",2,3"u8, ZstdFrameOptions.SharedPiece),
            _compressor.Compress("]}"u8, ZstdFrameOptions.SharedPiece),
        ];

        Assert.Equal("{\"Peers\":[1,2,3]}", Encoding.ASCII.GetString(Unpack(Written(output => _writer.WritePieces(output, pieces)))));
    }

    [Fact]
    public void WritePieces_TogetherAsLongAsKeepAlive_ArePadded()
    {
        var json = "{\"Seq\":12345678901}"u8.ToArray();
        ReadOnlyMemory<byte>[] pieces = [_compressor.Compress(json, ZstdFrameOptions.SharedPiece)];
        for (var length = json.Length; pieces[0].Length > _writer.KeepAliveBodyLength; length--)
        {
            json = [.. json[..(length - 2)], (byte)'}'];
            pieces = [_compressor.Compress(json, ZstdFrameOptions.SharedPiece)];
        }

        Assert.Equal(_writer.KeepAliveBodyLength, pieces[0].Length);
        var frame = Written(output => _writer.WritePieces(output, pieces));

        Assert.NotEqual(_writer.KeepAliveFrame.Length, frame.Length);
        Assert.Equal([.. json, (byte)' '], Unpack(frame));
    }

    [Fact]
    public void Read_TruncatedAtEveryByte_NeedsMoreAndStays()
    {
        var frame = Written(output => _writer.Write(output, TestBytes.Pattern(500, step: 3), compress: true));
        for (var length = 0; length < frame.Length; length++)
        {
            var buffer = length == 0 ? default : SequenceOf.SingleBytes(frame[..length]);
            Assert.Equal(MapFrameStatus.NeedMore, MapFrame.Read(ref buffer, Limit, out var body));
            Assert.Equal(length, buffer.Length);
            Assert.Equal(0, body.Length);
        }
    }

    [Fact]
    public void Read_AcrossSegments_GivesBodyAndRest()
    {
        byte[] bytes = [.. Written(output => _writer.Write(output, "{\"a\":1}"u8, compress: true)), 9];
        var buffer = SequenceOf.SingleBytes(bytes);

        Assert.Equal(MapFrameStatus.Done, MapFrame.Read(ref buffer, Limit, out var body));
        Assert.Equal("{\"a\":1}", Encoding.ASCII.GetString(Decompress(body)));
        Assert.Equal([9], buffer.ToArray());
    }

    [Theory]
    [InlineData("64000000", MapFrameStatus.NeedMore)]
    [InlineData("65000000", MapFrameStatus.TooLong)]
    [InlineData("00000080", MapFrameStatus.TooLong)]
    [InlineData("ffffffff", MapFrameStatus.TooLong)]
    [InlineData("00000000", MapFrameStatus.Empty)]
    public void Read_PrefixAlone_DecidesByTheLimit(string hex, MapFrameStatus expected)
    {
        const int SmallLimit = 100;
        var buffer = new ReadOnlySequence<byte>(Convert.FromHexString(hex));

        Assert.Equal(expected, MapFrame.Read(ref buffer, SmallLimit, out _));
        Assert.Equal(MapFrame.PrefixLength, buffer.Length);
    }

    private static byte[] Written(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    private byte[] Unpack(byte[] frame)
    {
        var buffer = new ReadOnlySequence<byte>(frame);
        Assert.Equal(MapFrameStatus.Done, MapFrame.Read(ref buffer, Limit, out var body));
        Assert.True(buffer.IsEmpty);
        return Decompress(body);
    }

    private byte[] Decompress(ReadOnlySequence<byte> body)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(ZstdStatus.Ok, _decompressor.TryDecompress(body, Limit, output));
        return output.WrittenSpan.ToArray();
    }
}
