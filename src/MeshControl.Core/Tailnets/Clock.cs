namespace MeshControl.Core.Tailnets;

/// <summary>Times are kept in whole microseconds, cut where they arise, so that memory and database agree.</summary>
public static class Clock
{
    public static DateTimeOffset Now(TimeProvider time) => Truncate(time.GetUtcNow());

    public static DateTimeOffset Truncate(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
