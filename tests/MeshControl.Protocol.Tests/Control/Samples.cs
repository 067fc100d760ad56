using System.Net;
using System.Reflection;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Tests.Control;

/// <summary>
/// Fills wire records by reflection, so that a property that is added later is tested without being named. Two seeds give two
/// values that differ in every property; the same seed gives equal values made of different objects.
/// </summary>
internal static class Samples
{
    public static IReadOnlyList<Type> RecordTypes { get; } =
        [.. typeof(IControlMessage).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(IControlMessage).Namespace && type.IsPublic && type.GetMethod("<Clone>$") is not null)
            .OrderBy(type => type.Name, StringComparer.Ordinal)];

    public static IReadOnlyList<Type> MessageTypes { get; } =
        [.. RecordTypes.Where(type => typeof(IControlMessage).IsAssignableFrom(type))];

    public static PropertyInfo[] Properties(Type record) => [.. record.GetProperties().Where(property => property.CanWrite)];

    public static object Record(Type type, int seed)
    {
        var record = Activator.CreateInstance(type)!;
        foreach (var property in Properties(type))
        {
            property.SetValue(record, Value(property.PropertyType, seed));
        }

        return record;
    }

    public static object Clone(object record) => record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;

    public static object Value(Type type, int seed)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(bool))
        {
            return seed % 2 == 1;
        }

        return plain switch
        {
            _ when plain == typeof(string) => $"text {seed}",
            _ when plain == typeof(int) => seed,
            _ when plain == typeof(long) => (long)seed,
            _ when plain == typeof(ushort) => (ushort)seed,
            _ when plain == typeof(ulong) => (ulong)seed,
            _ when plain == typeof(double) => seed + 0.25,
            _ when plain == typeof(TimeSpan) => TimeSpan.FromSeconds(seed),
            _ when plain == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch.AddDays(seed),
            _ when plain == typeof(ByteString) => new ByteString([(byte)seed, 2, 3]),
            _ when plain == typeof(RawJson) => RawJson.Parse($$"""{"a":[{{seed}}]}"""),
            _ when plain == typeof(IpPrefix) => IpPrefix.Parse($"10.0.{seed}.0/24"),
            _ when plain == typeof(IPAddress) => IPAddress.Parse($"fd00::{seed}"),
            _ when plain == typeof(IPEndPoint) => new IPEndPoint(IPAddress.Parse($"fd00::{seed}"), 41641),
            _ when plain.Namespace == typeof(KeyBytes).Namespace => plain.GetMethod("FromBytes")!.Invoke(null, [Key(seed)])!,
            _ when plain.IsGenericType => Collection(plain, seed),
            _ when RecordTypes.Contains(plain) => Record(plain, seed),
            _ => throw new NotSupportedException($"No sample for {plain}."),
        };
    }

    private static object Collection(Type type, int seed)
    {
        var arguments = type.GetGenericArguments();
        if (type.GetGenericTypeDefinition() == typeof(WireMap<,>))
        {
            var entry = typeof(KeyValuePair<,>).MakeGenericType(arguments);
            var entries = Array.CreateInstance(entry, 1);
            entries.SetValue(Activator.CreateInstance(entry, Value(arguments[0], seed), Value(arguments[1], seed)), 0);
            return typeof(WireMap).GetMethod(nameof(WireMap.CopyOf))!.MakeGenericMethod(arguments).Invoke(null, [entries])!;
        }

        var factory = type.GetGenericTypeDefinition() == typeof(WireList<>) ? typeof(WireList) : typeof(WireSet);
        var items = Array.CreateInstance(arguments[0], 1);
        items.SetValue(Value(arguments[0], seed), 0);
        return factory.GetMethod("CopyOf")!.MakeGenericMethod(arguments).Invoke(null, [items])!;
    }

    private static KeyBytes Key(int seed)
    {
        var bytes = new byte[KeyBytes.Length];
        Array.Fill(bytes, (byte)seed);
        return new KeyBytes(bytes);
    }
}
