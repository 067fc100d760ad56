using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control.Json;

internal sealed class WireListConverter<T> : JsonConverter<WireList<T>>
{
    public override WireList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(WireElements.ReadArray<T>(ref reader, options));

    public override void Write(Utf8JsonWriter writer, WireList<T> value, JsonSerializerOptions options) =>
        WireElements.WriteArray(writer, value.Span, options);
}
