using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

internal sealed class Int32Converter : ZeroForNullConverter<int>
{
    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);

    protected override int ReadValue(ref Utf8JsonReader reader) => reader.GetInt32();
}
