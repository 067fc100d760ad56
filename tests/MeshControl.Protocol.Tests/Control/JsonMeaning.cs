using System.Text.Json;

namespace MeshControl.Protocol.Tests.Control;

/// <summary>
/// Compares JSON as a client would: members may be left out when they are null, false, zero, an empty string, or an all-zero
/// key or time; lists and objects never, not even empty ones. Times are equal when the same tick is meant.
/// </summary>
internal static class JsonMeaning
{
    public static void AssertEqual(JsonElement expected, byte[] actualUtf8, object context)
    {
        using var actual = JsonDocument.Parse(actualUtf8);
        var difference = Difference(expected, actual.RootElement, "$");
        Assert.True(difference is null, $"{context}: {difference}");
    }

    /// <summary>Null when equal, else where and what.</summary>
    public static string? Difference(JsonElement expected, JsonElement actual, string path)
    {
        if (expected.ValueKind == JsonValueKind.Object && actual.ValueKind == JsonValueKind.Object)
        {
            return ObjectDifference(expected, actual, path);
        }

        if (expected.ValueKind == JsonValueKind.Array && actual.ValueKind == JsonValueKind.Array)
        {
            return ListDifference(expected, actual, path);
        }

        return SameScalar(expected, actual) ? null : $"{path}: {expected.GetRawText()} became {actual.GetRawText()}";
    }

    private static string? ObjectDifference(JsonElement expected, JsonElement actual, string path)
    {
        foreach (var member in expected.EnumerateObject())
        {
            var where = $"{path}.{member.Name}";
            if (!actual.TryGetProperty(member.Name, out var other))
            {
                if (!IsUnset(member.Value))
                {
                    return $"{where} is missing";
                }
            }
            else if (Difference(member.Value, other, where) is { } difference)
            {
                return difference;
            }
        }

        foreach (var member in actual.EnumerateObject())
        {
            if (!expected.TryGetProperty(member.Name, out _) && !IsUnset(member.Value))
            {
                return $"{path}.{member.Name} appeared";
            }
        }

        return null;
    }

    private static string? ListDifference(JsonElement expected, JsonElement actual, string path)
    {
        if (expected.GetArrayLength() != actual.GetArrayLength())
        {
            return $"{path} has {actual.GetArrayLength()} elements, not {expected.GetArrayLength()}";
        }

        for (var i = 0; i < expected.GetArrayLength(); i++)
        {
            if (Difference(expected[i], actual[i], $"{path}[{i}]") is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static bool SameScalar(JsonElement expected, JsonElement actual)
    {
        if (expected.ValueKind != actual.ValueKind)
        {
            return false;
        }

        return expected.ValueKind switch
        {
            JsonValueKind.Number => expected.GetDouble().Equals(actual.GetDouble()),
            JsonValueKind.String => expected.GetString() == actual.GetString()
                || (expected.TryGetDateTimeOffset(out var left) && actual.TryGetDateTimeOffset(out var right) && left == right),
            _ => true,
        };
    }

    private static bool IsUnset(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Number => value.GetDouble() == 0,
        JsonValueKind.String => value.GetString() is "" or "0001-01-01T00:00:00Z" || IsZeroKey(value.GetString()!),
        _ => false,
    };

    private static bool IsZeroKey(string text) => text.Length > 64 && text[^65] == ':' && text.AsSpan()[^64..].IndexOfAnyExcept('0') < 0;
}
