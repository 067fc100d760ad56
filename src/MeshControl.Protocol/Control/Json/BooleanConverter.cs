using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

internal sealed class BooleanConverter : ZeroForNullConverter<bool>
{
    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);

    protected override bool ReadValue(ref Utf8JsonReader reader) => reader.GetBoolean();
}
