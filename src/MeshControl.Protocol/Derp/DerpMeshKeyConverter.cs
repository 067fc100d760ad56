using System.Text.Json;
using System.Text.Json.Serialization;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Derp;

/// <summary>64 hex digits; empty text and 64 zeros are no key.</summary>
internal sealed class DerpMeshKeyConverter : JsonConverter<DerpMeshKey>
{
    private static readonly string Zero = new('0', DerpMeshKey.TextLength);

    public override DerpMeshKey? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("A mesh key is a string.");
        return text.Length == 0 || text == Zero ? null
            : DerpMeshKey.TryParse(text, out var key) ? key
            : throw new JsonException("A mesh key has 64 hex digits.");
    }

    public override void Write(Utf8JsonWriter writer, DerpMeshKey value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ExportSecretText());
}
