using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

internal sealed class Int64Converter : ZeroForNullConverter<long>
{
    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => writer.WriteNumberValue(value);

    protected override long ReadValue(ref Utf8JsonReader reader) => reader.GetInt64();
}
