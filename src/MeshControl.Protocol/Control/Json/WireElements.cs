using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control.Json;

/// <summary>
/// What lists, sets and maps share: their elements go through the converter of the element's own source-generated metadata.
/// Elements that are <c>null</c> or an unset prefix are left out in both directions: a null peer makes a client crash.
/// </summary>
internal static class WireElements
{
    public static JsonConverter<T> ConverterOf<T>(JsonSerializerOptions options) =>
        (JsonConverter<T>)options.GetTypeInfo(typeof(T)).Converter;

    public static T[] ReadArray<T>(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("A list is expected here.");
        }

        var converter = ConverterOf<T>(options);
        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (ReadValue(ref reader, converter, options) is { } item and not IpPrefix { IsValid: false })
            {
                items.Add(item);
            }
        }

        return [.. items];
    }

    public static void WriteArray<T>(Utf8JsonWriter writer, ReadOnlySpan<T> items, JsonSerializerOptions options)
    {
        var converter = ConverterOf<T>(options);
        writer.WriteStartArray();
        foreach (var item in items)
        {
            if (item is not null and not IpPrefix { IsValid: false })
            {
                converter.Write(writer, item, options);
            }
        }

        writer.WriteEndArray();
    }

    /// <summary>A value, or null where the type has one.</summary>
    public static T? ReadValue<T>(ref Utf8JsonReader reader, JsonConverter<T> converter, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null && !converter.HandleNull ? default : converter.Read(ref reader, typeof(T), options);
}
