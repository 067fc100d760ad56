using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

/// <summary>For a field where the zero time says something that absence does not: it reads as <see cref="WireTime.Zero"/>.</summary>
internal sealed class ExplicitZeroTimestampConverter : TimestampConverter
{
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ReadExact(ref reader);
}
