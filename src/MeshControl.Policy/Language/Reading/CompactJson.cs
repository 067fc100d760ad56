using System.Buffers;
using System.Text.Json;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language.Reading;

/// <summary>Values that are passed on without being understood.</summary>
internal static class CompactJson
{
    public static RawJson Of(HuJsonValue value)
    {
        if (value.Kind == HuJsonKind.String)
        {
            return RawJson.FromString(value.Text);
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ControlJson.WriterOptions))
        {
            Write(writer, value);
        }

        return RawJson.Parse(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, HuJsonValue value)
    {
        switch (value.Kind)
        {
            case HuJsonKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.Members)
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case HuJsonKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.Items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case HuJsonKind.String:
                writer.WriteStringValue(value.Text);
                break;
            case HuJsonKind.Number:
                writer.WriteRawValue(value.Text, skipInputValidation: true);
                break;
            case HuJsonKind.True or HuJsonKind.False:
                writer.WriteBooleanValue(value.Kind == HuJsonKind.True);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
