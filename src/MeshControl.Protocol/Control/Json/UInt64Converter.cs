using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

internal sealed class UInt64Converter : ZeroForNullConverter<ulong>
{
    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) => writer.WriteNumberValue(value);

    protected override ulong ReadValue(ref Utf8JsonReader reader) => reader.GetUInt64();
}
