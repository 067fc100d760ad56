namespace MeshControl.Store.Mapping;

/// <summary>Times as they are stored: whole microseconds since 1970 in UTC, the same integer in every database.</summary>
internal static class Microseconds
{
    public static long Of(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static long? Of(DateTimeOffset? time) => time is { } known ? Of(known) : null;

    public static DateTimeOffset ToTime(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(checked(microseconds * TimeSpan.TicksPerMicrosecond));

    public static DateTimeOffset? ToTime(long? microseconds) => microseconds is { } known ? ToTime(known) : null;
}
