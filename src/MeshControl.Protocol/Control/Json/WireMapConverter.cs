using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control.Json;

/// <summary>Keys are written verbatim (numbers in decimal); null values are kept, they delete or stand alone.</summary>
internal sealed class WireMapConverter<TKey, TValue> : JsonConverter<WireMap<TKey, TValue>>
    where TKey : notnull, IParsable<TKey>
{
    public override WireMap<TKey, TValue> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("An object is expected here.");
        }

        var converter = WireElements.ConverterOf<TValue>(options);
        var entries = new OrderedDictionary<TKey, TValue>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = WireText.WithoutNul(reader.GetString()!);
            if (!TKey.TryParse(name, CultureInfo.InvariantCulture, out var key))
            {
                throw new JsonException("The keys of this object are decimal numbers.");
            }

            reader.Read();
            entries[key] = WireElements.ReadValue(ref reader, converter, options)!;
        }

        return new WireMap<TKey, TValue>(entries);
    }

    public override void Write(Utf8JsonWriter writer, WireMap<TKey, TValue> value, JsonSerializerOptions options)
    {
        var converter = WireElements.ConverterOf<TValue>(options);
        writer.WriteStartObject();
        foreach (var (key, item) in value)
        {
            writer.WritePropertyName(Name(key));
            if (item is null && !converter.HandleNull)
            {
                writer.WriteNullValue();
            }
            else
            {
                converter.Write(writer, item, options);
            }
        }

        writer.WriteEndObject();
    }

    private static string Name(TKey key) =>
        key is string text ? WireText.WithoutNul(text) : Convert.ToString(key, CultureInfo.InvariantCulture)!;
}
