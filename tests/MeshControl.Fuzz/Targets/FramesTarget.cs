using System.Buffers;
using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Protocol.Compression;

namespace MeshControl.Fuzz.Targets;

/// <summary>
/// Messages of map streams: frames, and zstd within them. Most are taken apart only; some are written first, and must read back
/// as they were.
/// </summary>
public sealed class FramesTarget : FuzzTarget
{
    /// <summary>Longest content that is accepted here; bombs hold much more.</summary>
    private const int ContentLimit = 64 * 1024;

    private const int BodyLimit = 16 * 1024;
    private const int MaxInput = 32 * 1024;
    private const int MaxFrames = 3;
    private const int BombLength = 16 * 1024 * 1024;

    private readonly ZstdCompressor _compressor = new();
    private readonly ZstdDecompressor _decompressor = new();
    private readonly MapFrameWriter _writer;
    private readonly List<byte[]> _frames = [];
    private readonly List<byte[]> _bodies = [];
    private readonly IReadOnlyList<byte[]> _messages;
    private readonly ByteMutator _input = new(MaxInput);
    private readonly ArrayBufferWriter<byte> _content = new(2 * ContentLimit);
    private readonly ArrayBufferWriter<byte> _written = new(2 * MaxInput);

    public FramesTarget()
    {
        _writer = new MapFrameWriter(_compressor);
        _messages = [.. Recorded.Bodies("frame").Select(body => body.Json).Where(json => json.Length <= BodyLimit)];
        foreach (var json in _messages.Where(json => json.Length <= 2048).Take(50).Append(MapFrameKeepAlive()))
        {
            _frames.Add(Frame(output => _writer.Write(output, json, compress: true)));
            _frames.Add(Frame(output => _writer.Write(output, json, compress: false)));
            var half = json.Length / 2;
            var pieces = new ReadOnlyMemory<byte>[]
            {
                _compressor.Compress(json.AsSpan(0, half), ZstdFrameOptions.SharedPiece),
                _compressor.Compress(json.AsSpan(half), ZstdFrameOptions.SharedPiece),
            };
            _frames.Add(Frame(output => _writer.WritePieces(output, pieces)));
        }

        // Little that unpacks to much, with its length told and without.
        var zeros = new byte[BombLength];
        foreach (var options in (ZstdFrameOptions[])[ZstdFrameOptions.WholeMessage, ZstdFrameOptions.SharedPiece, ZstdFrameOptions.None])
        {
            _frames.Add(Framed(_compressor.Compress(zeros, options)));
            _frames.Add(Framed(_compressor.Compress(zeros.AsSpan(0, ContentLimit + 1), options)));
            _frames.Add(Framed(_compressor.Compress(zeros.AsSpan(0, ContentLimit), options)));
            _frames.Add(Framed([.. _compressor.Compress(zeros.AsSpan(0, 1), options), .. _compressor.Compress(default, options)]));
        }

        _bodies.AddRange(_frames.Select(frame => frame[MapFrame.PrefixLength..]));
    }

    public override string Name => "frames";

    public override long MaxAllocated => 1024 * 1024;

    public override void Run(FuzzRandom random, Tally tally)
    {
        switch (random.Below(100))
        {
            case < 8:
                RunWriter(random, tally);
                break;
            case < 50:
                RunFrames(random, tally);
                break;
            default:
                // Straight to the body, which a broken frame would hide.
                _input.Load(random.Pick(_bodies));
                _input.Mutate(random, random.Pick(_bodies));
                Decompress(new ReadOnlySequence<byte>(_input.Memory), tally);
                break;
        }
    }

    public override void Dispose()
    {
        _compressor.Dispose();
        _decompressor.Dispose();
        base.Dispose();
    }

    private static byte[] MapFrameKeepAlive() => MapFrame.KeepAliveJson.ToArray();

    private static byte[] Frame(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Framed(byte[] body)
    {
        var frame = new byte[MapFrame.PrefixLength + body.Length];
        MapFrame.WritePrefix(frame, body.Length);
        body.CopyTo(frame, MapFrame.PrefixLength);
        return frame;
    }

    private void RunFrames(FuzzRandom random, Tally tally)
    {
        _input.Load(default);
        for (var frames = 1 + random.Below(MaxFrames); frames > 0; frames--)
        {
            _input.Append(random.Pick(_frames));
        }

        if (!random.OneIn(10))
        {
            _input.Mutate(random, random.Pick(_frames));
        }

        var buffer = Segments.Cut(_input.Memory, random);
        while (true)
        {
            var before = buffer;
            var status = MapFrame.Read(ref buffer, BodyLimit, out var body);
            tally.Count($"frame: {status}");
            if (status != MapFrameStatus.Done)
            {
                RuleBrokenException.Require(buffer.Equals(before) && body.IsEmpty, "the cursor moved without a message");
                RuleBrokenException.Require(
                    status != MapFrameStatus.NeedMore || before.Length < MapFrame.PrefixLength + BodyLimit,
                    "more than the limit is awaited");
                return;
            }

            RuleBrokenException.Require(body.Length is > 0 and <= BodyLimit, "a body is longer than the limit");
            RuleBrokenException.Require(
                before.Length - buffer.Length == MapFrame.PrefixLength + body.Length, "the cursor moved by another length");
            Decompress(body, tally);
        }
    }

    private void Decompress(in ReadOnlySequence<byte> body, Tally tally)
    {
        _content.ResetWrittenCount();
        var status = _decompressor.TryDecompress(body, ContentLimit, _content);
        RuleBrokenException.Require(_content.WrittenCount <= ContentLimit, "content is longer than the limit");
        RuleBrokenException.Require(_content.Capacity <= 4 * ContentLimit, "a decompressor asked for more room than the limit allows");
        tally.Count($"zstd: {status}");
    }

    private void RunWriter(FuzzRandom random, Tally tally)
    {
        _input.Load(random.OneIn(8) ? MapFrame.KeepAliveJson : random.Pick(_messages));
        if (random.OneIn(2))
        {
            JsonMutator.Mutate(_input, random, random.Pick(_messages));
        }
        else if (random.OneIn(2))
        {
            // Short ones, whose compressed length may be that of a keep-alive.
            _input.Load(_input.Span[..Math.Min(_input.Length, random.Below(64))]);
            _input.Mutate(random, default);
        }

        if (_input.Length == 0)
        {
            return;
        }

        var compress = !random.OneIn(4);
        _written.ResetWrittenCount();
        _writer.Write(_written, _input.Span, compress);
        var buffer = new ReadOnlySequence<byte>(_written.WrittenMemory);
        var status = MapFrame.Read(ref buffer, MaxInput, out var body);
        RuleBrokenException.Require(status == MapFrameStatus.Done && buffer.IsEmpty, "what was written is not one message");
        if (!compress)
        {
            RuleBrokenException.Require(body.FirstSpan.SequenceEqual(_input.Span), "a message was changed");
            tally.Count("writer: plain");
            return;
        }

        var isKeepAlive = _input.Span.SequenceEqual(MapFrame.KeepAliveJson);
        RuleBrokenException.Require(
            body.Length == _writer.KeepAliveBodyLength == isKeepAlive, "a message has the length that belongs to keep-alives");
        _content.ResetWrittenCount();
        RuleBrokenException.Require(
            _decompressor.TryDecompress(body, ContentLimit, _content) == ZstdStatus.Ok, "what was compressed does not unpack");
        RuleBrokenException.Require(
            _content.WrittenSpan.TrimEnd((byte)' ').SequenceEqual(_input.Span.TrimEnd((byte)' ')), "a message was changed");
        tally.Count("writer: compressed");
    }
}
