using Google.Protobuf.WellKnownTypes;

namespace MeshControl.Server.Admin;

/// <summary>Times and durations as requests carry them, which may hold numbers that are none.</summary>
internal static class WellKnownTimes
{
    /// <returns>False when seconds and nanoseconds contradict each other, or are beyond the type's own range.</returns>
    /// <param name="message">Null when absent.</param>
    /// <param name="value">Null when absent or invalid.</param>
    public static bool TryRead(Duration? message, out TimeSpan? value) => TryRead(message, static duration => duration.ToTimeSpan(), out value);

    /// <inheritdoc cref="TryRead(Duration?, out TimeSpan?)"/>
    public static bool TryRead(Timestamp? message, out DateTimeOffset? value) =>
        TryRead(message, static timestamp => timestamp.ToDateTimeOffset(), out value);

    private static bool TryRead<TMessage, TValue>(TMessage? message, Func<TMessage, TValue> read, out TValue? value)
        where TMessage : class
        where TValue : struct
    {
        value = null;
        if (message is null)
        {
            return true;
        }

        try
        {
            value = read(message);
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }
}
