using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

internal sealed class UInt16Converter : ZeroForNullConverter<ushort>
{
    public override void Write(Utf8JsonWriter writer, ushort value, JsonSerializerOptions options) => writer.WriteNumberValue(value);

    protected override ushort ReadValue(ref Utf8JsonReader reader) => reader.GetUInt16();
}
