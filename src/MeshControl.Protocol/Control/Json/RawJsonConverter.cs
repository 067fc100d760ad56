using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

internal sealed class RawJsonConverter : ZeroForNullConverter<RawJson>
{
    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8, skipInputValidation: true);

    protected override RawJson ReadValue(ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return RawJson.FromElement(document.RootElement);
    }
}
