using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

internal sealed class DoubleConverter : ZeroForNullConverter<double>
{
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);

    protected override double ReadValue(ref Utf8JsonReader reader) => reader.GetDouble();
}
