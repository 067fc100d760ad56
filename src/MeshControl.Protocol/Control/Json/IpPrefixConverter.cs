using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

/// <summary>The empty string is how clients write a prefix that is not set.</summary>
internal sealed class IpPrefixConverter : ZeroForNullConverter<IpPrefix>
{
    public override void Write(Utf8JsonWriter writer, IpPrefix value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());

    protected override IpPrefix ReadValue(ref Utf8JsonReader reader)
    {
        var text = reader.GetString()!;
        return text.Length == 0 ? default
            : IpPrefix.TryParse(text, out var prefix) ? prefix
            : throw new JsonException("Not an IP prefix.");
    }
}
