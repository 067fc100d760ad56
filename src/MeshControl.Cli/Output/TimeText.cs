using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;

namespace MeshControl.Cli.Output;

/// <summary>Points in time, always in UTC.</summary>
internal static class TimeText
{
    /// <summary>What tables show where there is no such time.</summary>
    public const string None = "N/A";

    public static Cell Show(Timestamp? time) =>
        time is null ? None : time.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>As above, red when it has passed and green when it is to come.</summary>
    public static Cell ShowEnd(Timestamp? end, DateTimeOffset now) =>
        Show(end) with { Tint = end is null ? Tint.None : HasPassed(end, now) ? Tint.Bad : Tint.Good };

    public static bool HasPassed(Timestamp? end, DateTimeOffset now) => end is not null && end.ToDateTimeOffset() <= now;

    /// <summary>RFC 3339 with as many decimals as needed, or JSON null.</summary>
    public static JsonNode? ToJson(Timestamp? time) =>
        time is null ? null : JsonValue.Create(time.ToDateTime().ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture));
}
