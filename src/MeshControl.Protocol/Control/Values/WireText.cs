using System.Text.Json;

namespace MeshControl.Protocol.Control;

/// <summary>NUL characters never pass: clients report them as a fault, and not every database can store them.</summary>
internal static class WireText
{
    public static string WithoutNul(string text) => text.Contains('\0') ? text.Replace("\0", "", StringComparison.Ordinal) : text;

    /// <summary>Writes the element without white space, and without NUL in names and strings.</summary>
    public static void CopyWithoutNul(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject())
                {
                    writer.WritePropertyName(WithoutNul(property.Name));
                    CopyWithoutNul(property.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    CopyWithoutNul(item, writer);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(WithoutNul(element.GetString()!));
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
