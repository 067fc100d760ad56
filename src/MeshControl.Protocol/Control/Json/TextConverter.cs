using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control.Json;

/// <summary>Strings lose their NUL characters in both directions.</summary>
internal sealed class TextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? WireText.WithoutNul(text) : null;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(WireText.WithoutNul(value));
}
