using System.Buffers;
using System.Text;
using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Tests.Crypto;

namespace MeshControl.Protocol.Tests.Compression;

public sealed class ZstdTests : IDisposable
{
    private const int Limit = 1 << 20;

    // Written by the zstd command line tool 1.5.4.
    private const string HelloWithChecksum = "28b52ffd04686500003068656c6c6f200100994b11175eae0d";
    private const string HelloWithoutChecksum = "28b52ffd00486500003068656c6c6f200100994b11";
    private const string Zeros100000WithSize = "28b52ffda0a086010055000010000001009b8639c002";
    private const string Zeros100000WithoutSize = "28b52ffd045855000010000001009b8639c002db234ef3";
    private const string Zeros300000WithHugeWindow = "28b52ffd04a84c000008000100fcff39100202001000039f04002d28de26";

    private readonly ZstdCompressor _compressor = new();
    private readonly ZstdDecompressor _decompressor = new();

    public static TheoryData<ZstdFrameOptions> AllOptions =>
    [
        ZstdFrameOptions.None, ZstdFrameOptions.Checksum, ZstdFrameOptions.ContentSize, ZstdFrameOptions.WholeMessage,
        ZstdFrameOptions.SharedPiece,
    ];

    public void Dispose()
    {
        _compressor.Dispose();
        _decompressor.Dispose();
    }

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void Compress_AnySize_RoundTrips(ZstdFrameOptions options)
    {
        foreach (var length in (int[])[0, 1, 18, 255, 256, 65_791, 65_792, 300_000])
        {
            foreach (var content in (byte[][])[new byte[length], TestBytes.FromRandom(new Random(length), length)])
            {
                Assert.Equal(content, Decompress(_compressor.Compress(content, options)));
            }
        }
    }

    // Frame header descriptor, RFC 8878 section 3.1.1.1.1: bits 7-6 and 5 tell of the content size, bit 2 of a checksum.
    [Theory]
    [InlineData(ZstdFrameOptions.None, false, false)]
    [InlineData(ZstdFrameOptions.Checksum, true, false)]
    [InlineData(ZstdFrameOptions.ContentSize, false, true)]
    [InlineData(ZstdFrameOptions.WholeMessage, true, true)]
    public void Compress_Options_ShowInTheFrameHeader(ZstdFrameOptions options, bool hasChecksum, bool hasContentSize)
    {
        var frame = _compressor.Compress(new byte[1000], options);

        Assert.Equal("28b52ffd", Convert.ToHexStringLower(frame.AsSpan(0, 4)));
        Assert.Equal(hasChecksum, (frame[4] & 0b0000_0100) != 0);
        Assert.Equal(hasContentSize, (frame[4] & 0b1110_0000) != 0);
    }

    [Fact]
    public void Compress_IntoWriterOrSpan_GivesTheSameBytes()
    {
        var content = Encoding.UTF8.GetBytes("some text, some more text, and text again");
        var expected = _compressor.Compress(content);

        var writer = new ArrayBufferWriter<byte>();
        Assert.Equal(expected.Length, _compressor.Compress(content, writer));
        Assert.Equal(expected, writer.WrittenSpan);

        var span = new byte[ZstdCompressor.GetMaxCompressedLength(content.Length)];
        Assert.Equal(expected.Length, _compressor.Compress(content, span.AsSpan()));
        Assert.Equal(expected, span.AsSpan(0, expected.Length));
        Assert.Throws<ArgumentException>(() => _compressor.Compress(content, span.AsSpan(1)));
    }

    [Fact]
    public void Compress_OptionsBetweenCalls_DoNotLeak()
    {
        var content = new byte[1000];
        var first = _compressor.Compress(content);
        _compressor.Compress(content, ZstdFrameOptions.None);

        Assert.Equal(first, _compressor.Compress(content));
    }

    [Fact]
    public void CompressAndDecompress_OnManyThreads_AreRight() =>
        Parallel.For(
            0,
            400,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            i =>
            {
                var content = TestBytes.Pattern(i * 37, step: i);
                Assert.Equal(content, Decompress(_compressor.Compress(content)));
            });

    [Theory]
    [InlineData(HelloWithChecksum)]
    [InlineData(HelloWithoutChecksum)]
    public void TryDecompress_ForeignFrame_GivesContent(string hex) =>
        Assert.Equal("hello hello hello hello", Encoding.ASCII.GetString(Decompress(Convert.FromHexString(hex))));

    [Theory]
    [InlineData(Zeros100000WithSize, 100_000)]
    [InlineData(Zeros100000WithoutSize, 100_000)]
    [InlineData(Zeros300000WithHugeWindow, 300_000)]
    public void TryDecompress_Bomb_IsAcceptedAtItsSizeAndRefusedOneBelow(string hex, int length)
    {
        var frame = Convert.FromHexString(hex);
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(ZstdStatus.Ok, _decompressor.TryDecompress(frame, length, output));
        Assert.Equal(new byte[length], output.WrittenSpan);

        foreach (var limit in (int[])[length - 1, length / 2, 1, 0])
        {
            output = new ArrayBufferWriter<byte>();
            Assert.Equal(ZstdStatus.TooLarge, _decompressor.TryDecompress(frame, limit, output));
            Assert.Equal(0, output.WrittenCount);
            Assert.InRange(output.Capacity, 0, Math.Max(2 * length, 8192));
        }
    }

    [Fact]
    public void TryDecompress_ClaimOfHugeContent_AllocatesNothing()
    {
        // Content size field of eight bytes (descriptor E0): 2^62 bytes, then an empty last block.
        var frame = Convert.FromHexString("28b52ffde00000000000000040010000");
        var output = new ArrayBufferWriter<byte>();

        Assert.Equal(ZstdStatus.TooLarge, _decompressor.TryDecompress(frame, Limit, output));
        Assert.Equal(0, output.Capacity);
    }

    [Fact]
    public void TryDecompress_ConcatenatedFrames_GivesAllContent()
    {
        byte[] frames =
        [
            .. _compressor.Compress("{\"a\":"u8),
            .. _compressor.Compress([], ZstdFrameOptions.SharedPiece),
            .. _compressor.Compress("1"u8, ZstdFrameOptions.SharedPiece),
            .. _compressor.Compress(",\"b\":2}"u8, ZstdFrameOptions.None),
        ];

        Assert.Equal("{\"a\":1,\"b\":2}", Encoding.ASCII.GetString(Decompress(frames)));
        Assert.Equal("{\"a\":1,\"b\":2}", Encoding.ASCII.GetString(Decompress(SequenceOf.Segments(frames[..9], frames[9..]))));
    }

    [Fact]
    public void TryDecompress_ConcatenatedFrames_ShareOneLimit()
    {
        byte[] frames =
        [
            .. _compressor.Compress(new byte[600]),
            .. _compressor.Compress(new byte[400], ZstdFrameOptions.SharedPiece),
        ];

        Assert.Equal(ZstdStatus.Ok, _decompressor.TryDecompress(frames, 1000, new ArrayBufferWriter<byte>()));
        Assert.Equal(ZstdStatus.TooLarge, _decompressor.TryDecompress(frames, 999, new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void TryDecompress_TruncatedAtEveryByte_IsInvalid()
    {
        var frame = _compressor.Compress(TestBytes.FromRandom(new Random(4), 200));
        for (var length = 0; length < frame.Length; length++)
        {
            Assert.Equal(
                ZstdStatus.Invalid, _decompressor.TryDecompress(frame.AsSpan(0, length), Limit, new ArrayBufferWriter<byte>()));
        }
    }

    [Fact]
    public void TryDecompress_AnyBitFlipped_NeverPassesOffOtherContent()
    {
        var content = TestBytes.FromRandom(new Random(5), 100);
        var frame = _compressor.Compress(content);
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            var flipped = frame.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var output = new ArrayBufferWriter<byte>();
            if (_decompressor.TryDecompress(flipped, Limit, output) == ZstdStatus.Ok)
            {
                // Some header bits carry nothing, and one declares that there is no checksum (then the frame ends early).
                Assert.Equal(content, output.WrittenSpan);
            }
        }

        Assert.Equal(content, Decompress(frame));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("7b7d")]
    [InlineData("7b224b656570416c697665223a747275657d0000")]
    [InlineData(HelloWithChecksum + "00")]
    [InlineData(HelloWithChecksum + "28b52ffd")]
    public void TryDecompress_NotFrames_IsInvalid(string hex) =>
        Assert.Equal(
            ZstdStatus.Invalid, _decompressor.TryDecompress(Convert.FromHexString(hex), Limit, new ArrayBufferWriter<byte>()));

    [Fact]
    public void Compress_AfterDispose_Throws()
    {
        var compressor = new ZstdCompressor();
        compressor.Compress("x"u8);
        compressor.Dispose();

        Assert.Throws<ObjectDisposedException>(() => compressor.Compress("x"u8));
    }

    [Fact]
    public void ContextPool_MoreCallsThanSlots_KeepsOnlyAsManyAsProcessors()
    {
        var created = 0;
        using var pool = new ContextPool<ZstdDecompressionContext>(() =>
        {
            created++;
            return LibZstd.CreateDecompressionContext();
        });
        var rented = Enumerable.Range(0, Environment.ProcessorCount + 1).Select(_ => pool.Rent()).ToArray();
        Assert.Equal(rented.Length, created);
        Array.ForEach(rented, pool.Return);

        Assert.Equal(1, rented.Count(context => context.IsClosed));
        var again = pool.Rent();
        Assert.Contains(again, rented);
        Assert.Equal(rented.Length, created);
        pool.Return(again);
    }

    private byte[] Decompress(byte[] frames) => Decompress(new ReadOnlySequence<byte>(frames));

    private byte[] Decompress(ReadOnlySequence<byte> frames)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(ZstdStatus.Ok, _decompressor.TryDecompress(frames, Limit, output));
        return output.WrittenSpan.ToArray();
    }
}
