using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control.Json;

/// <summary>Times in UTC with a <c>Z</c>. The zero time reads as null ("not set"), but a zero that was set on purpose is written.</summary>
internal class TimestampConverter : JsonConverter<DateTimeOffset?>
{
    /// <summary>Longest text looked at; nine digits of fraction and an offset make 35.</summary>
    private const int MaxLength = 64;

    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ReadExact(ref reader) is { } time && time != WireTime.Zero ? time : null;

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } time)
        {
            writer.WriteStringValue(time.UtcDateTime);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    protected static DateTimeOffset? ReadExact(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        var text = reader.GetString()!;
        return text.Length <= MaxLength && WireTime.TryParse(text, out var time)
            ? time
            : throw new JsonException("A time is text in RFC 3339 form with an offset.");
    }
}
