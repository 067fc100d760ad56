using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

/// <summary>For a field that is always on the wire: null is written as the zero time.</summary>
internal sealed class AlwaysTimestampConverter : TimestampConverter
{
    public override bool HandleNull => true;

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options) =>
        base.Write(writer, value ?? WireTime.Zero, options);
}
