using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

internal sealed class ByteStringConverter : ZeroForNullConverter<ByteString>
{
    public override void Write(Utf8JsonWriter writer, ByteString value, JsonSerializerOptions options)
    {
        if (value.IsEmpty)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteBase64StringValue(value.Span);
        }
    }

    protected override ByteString ReadValue(ref Utf8JsonReader reader) => new(reader.GetBytesFromBase64());
}
