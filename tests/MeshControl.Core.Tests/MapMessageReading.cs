using System.Buffers;
using MeshControl.Core.Maps;
using MeshControl.Core.Maps.Rendering;
using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Memory;

namespace MeshControl.Core.Tests;

/// <summary>
/// Reads messages as clients do: from their bytes. Each of them is held against the same message made as one value, so whatever a
/// test looks at, what was put together from pieces is right.
/// </summary>
internal static class MapMessageReading
{
    private const int Limit = 64 << 20;

    private static readonly MapFrameWriter Frames = new(new ZstdCompressor());
    private static readonly ZstdDecompressor Decompressor = new();

    public static MapResponse? First(this MapSession session) => session.FirstMessage()?.Read();

    public static MapResponse? Next(this MapSession session) => session.NextMessage()?.Read();

    public static MapResponse Farewell(this MapSession session) => session.FarewellMessage().Read();

    /// <summary>As it is without compression.</summary>
    public static MapResponse Read(this MapMessage message)
    {
        var response = ControlJson.Parse<MapResponse>(message.Body(compress: false));
        Assert.Equal(message.ToResponse(), response);
        return response;
    }

    /// <summary>What a client unpacks from a compressed body.</summary>
    public static byte[] Unpack(byte[] body)
    {
        using var json = new PooledBuffer();
        Assert.Equal(ZstdStatus.Ok, Decompressor.TryDecompress(body, Limit, json));
        return json.Written.ToArray();
    }

    /// <summary>The message without its length in front.</summary>
    public static byte[] Body(this MapMessage message, bool compress)
    {
        using var output = new PooledBuffer();
        message.WriteTo(output, compress);
        var buffer = new ReadOnlySequence<byte>(output.WrittenMemory);
        Assert.Equal(MapFrameStatus.Done, MapFrame.Read(ref buffer, Limit, out var body));
        Assert.True(buffer.IsEmpty);
        return body.ToArray();
    }

    public static void WriteTo(this MapMessage message, IBufferWriter<byte> output, bool compress) => message.WriteTo(Frames, output, compress);
}
