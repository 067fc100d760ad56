using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control.Json;

/// <summary>Address and port; IPv6 must stand in brackets. The empty string is how clients write an endpoint that is not set.</summary>
internal sealed class IpEndPointConverter : JsonConverter<IPEndPoint>
{
    public override IPEndPoint? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString();
        return string.IsNullOrEmpty(text) ? null
            : IpText.TryParseEndpoint(text, out var endpoint) ? endpoint
            : throw new JsonException("Not an IP address with a port.");
    }

    public override void Write(Utf8JsonWriter writer, IPEndPoint value, JsonSerializerOptions options) =>
        writer.WriteStringValue(IpText.Format(value));
}
