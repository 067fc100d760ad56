using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MeshControl.Policy.Language;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>Whether a device's attributes satisfy conditions.</summary>
internal static class PostureConditions
{
    /// <summary>All of them; none of them when the list is empty, because a posture that says nothing vouches for nothing.</summary>
    public static bool Hold(ImmutableArray<PostureCondition> conditions, ImmutableDictionary<string, RawJson> attributes) =>
        conditions.Length > 0 && conditions.All(condition => Holds(condition, attributes));

    /// <summary>A device that lacks the attribute satisfies nothing but <c>NOT SET</c>.</summary>
    private static bool Holds(PostureCondition condition, ImmutableDictionary<string, RawJson> attributes)
    {
        var present = attributes.TryGetValue(condition.Attribute, out var value);
        return condition.Operator switch
        {
            PostureOperator.IsSet => present,
            PostureOperator.NotSet => !present,
            _ when !present => false,
            PostureOperator.In => condition.Values.Contains(value),
            PostureOperator.NotIn => !condition.Values.Contains(value),
            PostureOperator.Equal => Compare(condition, value) == 0,
            PostureOperator.NotEqual => Compare(condition, value) != 0,
            PostureOperator.Less => Compare(condition, value) < 0,
            PostureOperator.LessOrEqual => Compare(condition, value) <= 0,
            PostureOperator.Greater => Compare(condition, value) > 0,
            PostureOperator.GreaterOrEqual => Compare(condition, value) >= 0,
            _ => false,
        };
    }

    /// <summary>Null when the two cannot be compared, which satisfies no comparison but "not equal".</summary>
    private static int? Compare(PostureCondition condition, RawJson value)
    {
        var wanted = condition.Values[0];
        if (value == wanted)
        {
            return 0;
        }

        return (Parse(value), Parse(wanted)) switch
        {
            (string left, string right) => CompareVersions(left, right),
            (double left, double right) => left.CompareTo(right),
            _ => null,
        };
    }

    private static object? Parse(RawJson json)
    {
        using var document = JsonDocument.Parse(json.Utf8.ToArray());
        return document.RootElement.ValueKind switch
        {
            JsonValueKind.String => document.RootElement.GetString(),
            JsonValueKind.Number => document.RootElement.GetDouble(),
            _ => null,
        };
    }

    /// <summary>Number by number where both have one, so that 1.9 comes before 1.10; else as text.</summary>
    private static int CompareVersions(string left, string right)
    {
        char[] separators = ['.', '-', '+'];
        var (lefts, rights) = (left.Split(separators), right.Split(separators));
        for (var index = 0; index < Math.Min(lefts.Length, rights.Length); index++)
        {
            var order = ulong.TryParse(lefts[index], NumberStyles.None, CultureInfo.InvariantCulture, out var l)
                && ulong.TryParse(rights[index], NumberStyles.None, CultureInfo.InvariantCulture, out var r)
                    ? l.CompareTo(r)
                    : string.CompareOrdinal(lefts[index], rights[index]);
            if (order != 0)
            {
                return order;
            }
        }

        return lefts.Length.CompareTo(rights.Length);
    }
}
