using System.Text.Json;

namespace MeshControl.Protocol.Control.Json;

/// <summary>Durations are integer nanoseconds on the wire; what a tick cannot hold is cut off.</summary>
internal sealed class NanosecondsConverter : ZeroForNullConverter<TimeSpan>
{
    private const long MaxTicks = long.MaxValue / TimeSpan.NanosecondsPerTick;

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Math.Clamp(value.Ticks, -MaxTicks, MaxTicks) * TimeSpan.NanosecondsPerTick);

    protected override TimeSpan ReadValue(ref Utf8JsonReader reader) => new(reader.GetInt64() / TimeSpan.NanosecondsPerTick);
}
