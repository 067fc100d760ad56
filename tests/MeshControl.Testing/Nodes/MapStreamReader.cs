using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Netmaps;

namespace MeshControl.Testing.Nodes;

/// <summary>Takes the messages out of the body of an answer to a map request.</summary>
public sealed class MapStreamReader : IAsyncDisposable
{
    // The limits of stock clients.
    private const int MaxBodyLength = 256 * 1024 * 1024;
    private const int MaxJsonLength = 1024 * 1024 * 1024;
    private static readonly ZstdDecompressor Decompressor = new();
    private static readonly ConcurrentBag<ArrayBufferWriter<byte>> Buffers = [];

    private readonly PipeReader _reader;
    private readonly int _stream;
    private readonly bool _compressed;
    private readonly TimeProvider _time;
    private readonly NetmapPool? _pool;

    /// <param name="body">The body; taken over.</param>
    /// <param name="stream">The stream's number.</param>
    /// <param name="compressed">What the request asked for.</param>
    /// <param name="time">Stamps the messages.</param>
    /// <param name="pool">Parses the messages, which then come without their bytes; null: each is parsed for itself.</param>
    public MapStreamReader(Stream body, int stream, bool compressed, TimeProvider time, NetmapPool? pool = null)
    {
        _reader = PipeReader.Create(body);
        _stream = stream;
        _compressed = compressed;
        _time = time;
        _pool = pool;
    }

    /// <summary>Waits for the next message.</summary>
    /// <returns>Null at a proper end of the body.</returns>
    /// <exception cref="InvalidDataException">What arrived is no message, or the body ends within one.</exception>
    public async Task<ReceivedMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var status = MapFrame.Read(ref buffer, MaxBodyLength, out var body);
            if (status == MapFrameStatus.Done)
            {
                var message = _pool is null ? Decode(body.ToArray()) : Decode(body, _pool);
                _reader.AdvanceTo(buffer.Start);
                return message;
            }

            if (status != MapFrameStatus.NeedMore)
            {
                throw new InvalidDataException($"A map stream holds a bad frame: {status}.");
            }

            if (result.IsCompleted)
            {
                return buffer.IsEmpty ? null : throw new InvalidDataException($"A map stream ends {buffer.Length} bytes into a frame.");
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public ValueTask DisposeAsync() => _reader.CompleteAsync();

    private static void Unpack(in ReadOnlySequence<byte> body, ArrayBufferWriter<byte> unpacked)
    {
        var status = Decompressor.TryDecompress(body, MaxJsonLength, unpacked);
        if (status != ZstdStatus.Ok)
        {
            throw new InvalidDataException($"A message of a map stream is not zstd: {status}.");
        }
    }

    private ReceivedMessage Decode(byte[] body)
    {
        ReadOnlyMemory<byte> json = body;
        if (_compressed)
        {
            var unpacked = new ArrayBufferWriter<byte>();
            Unpack(new ReadOnlySequence<byte>(body), unpacked);
            json = unpacked.WrittenMemory;
        }

        return new ReceivedMessage(_stream, body, json, ControlJson.Parse<MapResponse>(json.Span), _time.GetUtcNow());
    }

    private ReceivedMessage Decode(in ReadOnlySequence<byte> body, NetmapPool pool)
    {
        // A full map of a thousand peers is half a megabyte, and a storm brings a thousand of them: the buffers are used again.
        var unpacked = Buffers.TryTake(out var used) ? used : new ArrayBufferWriter<byte>();
        if (_compressed)
        {
            Unpack(body, unpacked);
        }
        else
        {
            foreach (var piece in body)
            {
                unpacked.Write(piece.Span);
            }
        }

        var message = pool.Parse(unpacked.WrittenSpan);
        unpacked.ResetWrittenCount();
        Buffers.Add(unpacked);
        return new ReceivedMessage(_stream, default, default, message, _time.GetUtcNow());
    }
}
