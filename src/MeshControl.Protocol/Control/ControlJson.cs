using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MeshControl.Protocol.Control.Json;
using MeshControl.Protocol.Memory;

namespace MeshControl.Protocol.Control;

/// <summary>
/// The JSON of the control protocol, by source-generated metadata alone. Reading is as tolerant as clients are: names in any
/// case, unknown fields ignored, <c>null</c> anywhere for "not set". Writing leaves out what is not set, unless the
/// record says that a field is always there.
/// </summary>
public static class ControlJson
{
    /// <summary>For writers of one's own: escapes no more than JSON demands. Control characters and invalid text still are.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    internal delegate T ReadFunction<T>(ref Utf8JsonReader reader);

    /// <exception cref="JsonException">Not JSON, more than one value, or a value of the wrong type.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> utf8)
        where T : class, IControlMessage
    {
        var reader = new Utf8JsonReader(utf8);
        return Parse<T>(ref reader);
    }

    /// <exception cref="JsonException">Not JSON, more than one value, or a value of the wrong type.</exception>
    public static T Parse<T>(in ReadOnlySequence<byte> utf8)
        where T : class, IControlMessage
    {
        if (utf8.IsSingleSegment)
        {
            return Parse<T>(utf8.FirstSpan);
        }

        // The library's reader of pieces throws more than JsonException at some malformed input; that of one piece does not.
        var length = checked((int)utf8.Length);
        var joined = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            utf8.CopyTo(joined);
            return Parse<T>(joined.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(joined);
        }
    }

    public static void Serialize<T>(IBufferWriter<byte> output, T message)
        where T : class, IControlMessage
    {
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        Serialize(writer, message);
    }

    /// <summary>Writes into a larger document; make the writer with <see cref="WriterOptions"/>.</summary>
    public static void Serialize<T>(Utf8JsonWriter writer, T message)
        where T : class, IControlMessage =>
        JsonSerializer.Serialize(writer, message, Metadata<T>.TypeInfo);

    public static byte[] SerializeToUtf8Bytes<T>(T message)
        where T : class, IControlMessage
    {
        using var buffer = new PooledBuffer();
        Serialize(buffer, message);
        return buffer.Written.ToArray();
    }

    /// <summary>Runs a reader so that bad input surfaces as <see cref="JsonException"/> only.</summary>
    internal static T GuardMalformed<T>(ref Utf8JsonReader reader, ReadFunction<T> read)
    {
        try
        {
            return read(ref reader);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException)
        {
            // Text that is no valid UTF-8 or UTF-16 is found out only when it is unescaped.
            throw new JsonException("Malformed JSON value.", e);
        }
    }

    internal static void RequireEnd(ref Utf8JsonReader reader)
    {
        if (reader.Read())
        {
            throw new JsonException("More than one JSON value.");
        }
    }

    private static T Parse<T>(ref Utf8JsonReader reader)
        where T : class, IControlMessage
    {
        var message = GuardMalformed(ref reader, static (ref Utf8JsonReader r) => JsonSerializer.Deserialize(ref r, Metadata<T>.TypeInfo));
        RequireEnd(ref reader);
        return message ?? throw new JsonException("A JSON object is expected, not null.");
    }

    private static class Metadata<T>
    {
        public static readonly JsonTypeInfo<T> TypeInfo = (JsonTypeInfo<T>)ControlJsonContext.Default.Options.GetTypeInfo(typeof(T));
    }
}
