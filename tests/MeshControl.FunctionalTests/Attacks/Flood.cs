using System.Buffers.Binary;
using MeshControl.Testing.Peers;

namespace MeshControl.FunctionalTests.Attacks;

/// <summary>An endless sequence of HTTP/2 frames.</summary>
/// <param name="Name">For the test's name.</param>
/// <param name="Frames">The piece with a number, from 0.</param>
/// <param name="EndsConnection">Whether a limit of the server ends the connection for certain; otherwise it may.</param>
/// <param name="Reads">Whether the attacker takes what is answered. One that does not makes answers pile up.</param>
internal sealed record Flood(string Name, Func<int, byte[]> Frames, bool EndsConnection = false, bool Reads = true)
{
    private const int CancelCode = 8;
    private const ushort InitialWindowSize = 4;

    // HPACK: a literal field that goes into the dynamic table, and the reference to the field that entered it last.
    private const byte IndexedLiteral = 0x40;
    private const byte NewestEntry = 0x80 | 62;
    private const int LargestShortLength = 127;

    public static IReadOnlyList<Flood> All { get; } =
    [
        new("rapid reset", i => [.. Request(StreamOf(i)), .. Reset(StreamOf(i))]),
        new("rapid reset of whole requests", i => [.. Request(StreamOf(i), whole: true), .. Reset(StreamOf(i))]),
        new("more and more streams", i => Request(StreamOf(i))),
        new("settings", i => Frame(Http2FrameType.Settings, 0, 0, Setting(InitialWindowSize, 65_535 + (i % 2)))),
        new("settings, and no answer is read", i => Frame(Http2FrameType.Settings, 0, 0, Setting(InitialWindowSize, 65_535 + (i % 2))), Reads: false),
        new("ping", _ => Frame(Http2FrameType.Ping, 0, 0, new byte[8])),
        new("ping, and no answer is read", _ => Frame(Http2FrameType.Ping, 0, 0, new byte[8]), Reads: false),
        new("requests, and no answer is read", i => Request(StreamOf(i), whole: true), Reads: false),
        new("window updates", _ => Frame(Http2FrameType.WindowUpdate, 0, 0, [0, 0, 0, 1])),
        new("priorities", i => Frame(Http2FrameType.Priority, 0, StreamOf(i), [0, 0, 0, 0, 1])),
        new("empty data", i => i == 0 ? Request(1) : Frame(Http2FrameType.Data, 0, 1, [])),
        new("unknown frames", _ => Frame((Http2FrameType)0x42, 0, 0, new byte[100])),
        new("empty continuations", i => i == 0 ? Frame(Http2FrameType.Headers, 0, 1, []) : Frame(Http2FrameType.Continuation, 0, 1, [])),
        new("long continuations", i => Frame(i == 0 ? Http2FrameType.Headers : Http2FrameType.Continuation, 0, 1, LongField(i)), EndsConnection: true),
        new("header bomb", i => Frame(Http2FrameType.Headers, Http2Frame.EndHeaders, StreamOf(i), Bomb()), EndsConnection: true),
        new("data beyond the window", i => i == 0 ? Request(1) : Frame(Http2FrameType.Data, 0, 1, new byte[16_000]), Reads: false),
    ];

    public override string ToString() => Name;

    private static int StreamOf(int number) => (2 * number) + 1;

    private static byte[] Frame(Http2FrameType type, byte flags, int stream, byte[] payload) => new Http2Frame(type, flags, stream, payload).Encode();

    private static byte[] Request(int stream, bool whole = false)
    {
        var fields = Hpack.Encode((":method", "POST"), (":scheme", "https"), (":authority", "unused"), (":path", "/machine/register"));
        return Frame(Http2FrameType.Headers, (byte)(Http2Frame.EndHeaders | (whole ? Http2Frame.EndStream : 0)), stream, fields);
    }

    private static byte[] Reset(int stream) => Frame(Http2FrameType.ResetStream, 0, stream, [0, 0, 0, CancelCode]);

    private static byte[] Setting(ushort name, int value)
    {
        var setting = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(setting, name);
        BinaryPrimitives.WriteInt32BigEndian(setting.AsSpan(2), value);
        return setting;
    }

    private static byte[] LongField(int number) => Hpack.Encode(($"x-{number}", new string('a', 120)));

    /// <summary>Some bytes that unpack to a megabyte: a field of 100 bytes, and ten thousand references to it.</summary>
    private static byte[] Bomb()
    {
        var value = new byte[100];
        value.AsSpan().Fill((byte)'a');
        return [IndexedLiteral, 1, (byte)'x', Math.Min((byte)value.Length, (byte)LargestShortLength), .. value, .. Enumerable.Repeat(NewestEntry, 10_000)];
    }
}
