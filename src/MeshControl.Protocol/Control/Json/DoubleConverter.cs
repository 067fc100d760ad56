using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

internal sealed class DoubleConverter : ZeroForNullConverter<double>
{
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);

    // Beyond its range a number reads as infinity, which is refused as clients refuse it: JSON has no way to write it again.
    protected override double ReadValue(ref Utf8JsonReader reader) =>
        reader.GetDouble() is var value && double.IsFinite(value) ? value : throw new JsonException("The number is out of range.");
}
