using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MeshControl.Protocol.Control.Json;

namespace MeshControl.Protocol.Control;

/// <summary>
/// Arbitrary JSON that is passed on without being understood, such as a capability's value. Kept as compact UTF-8, so that
/// two texts which differ in white space or escapes only are equal; the default value is <c>null</c>.
/// </summary>
[JsonConverter(typeof(RawJsonConverter))]
public readonly struct RawJson : IEquatable<RawJson>
{
    private readonly byte[]? _compact;

    private RawJson(byte[] compact) => _compact = compact;

    public static RawJson True { get; } = new("true"u8.ToArray());

    public static RawJson False { get; } = new("false"u8.ToArray());

    public bool IsNull => _compact is null;

    /// <summary>The compact UTF-8 text.</summary>
    public ReadOnlySpan<byte> Utf8 => _compact ?? "null"u8;

    public static bool operator ==(RawJson left, RawJson right) => left.Equals(right);

    public static bool operator !=(RawJson left, RawJson right) => !left.Equals(right);

    /// <exception cref="JsonException">The text is not one JSON value.</exception>
    public static RawJson Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    /// <exception cref="JsonException">The text is not one JSON value.</exception>
    public static RawJson Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        using var document = ControlJson.GuardMalformed(ref reader, static (ref Utf8JsonReader r) => JsonDocument.ParseValue(ref r));
        ControlJson.RequireEnd(ref reader);
        return FromElement(document.RootElement);
    }

    public static RawJson FromBoolean(bool value) => value ? True : False;

    public static RawJson FromNumber(long value) => new(Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture)));

    public static RawJson FromString(string value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ControlJson.WriterOptions))
        {
            writer.WriteStringValue(WireText.WithoutNul(value));
        }

        return new RawJson(buffer.WrittenSpan.ToArray());
    }

    /// <exception cref="JsonException">A string in it is no valid text.</exception>
    public static RawJson FromElement(JsonElement element)
    {
        if (element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return default;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, ControlJson.WriterOptions);
        try
        {
            WireText.CopyWithoutNul(element, writer);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("Malformed JSON value.", e);
        }

        writer.Flush();
        return new RawJson(buffer.WrittenSpan.ToArray());
    }

    public bool Equals(RawJson other) => Utf8.SequenceEqual(other.Utf8);

    public override bool Equals(object? obj) => obj is RawJson other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8);
        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(Utf8);
}
