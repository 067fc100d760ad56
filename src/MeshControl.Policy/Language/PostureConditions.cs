using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>
/// The text of posture conditions: <c>node:tsVersion >= '1.40'</c>, <c>custom:tier IN ['gold', 'silver']</c>, <c>custom:tier IS SET</c>.
/// </summary>
public static class PostureConditions
{
    private static readonly (string Word, PostureOperator Operator)[] Comparisons =
    [
        ("==", PostureOperator.Equal),
        ("!=", PostureOperator.NotEqual),
        ("<=", PostureOperator.LessOrEqual),
        (">=", PostureOperator.GreaterOrEqual),
        ("<", PostureOperator.Less),
        (">", PostureOperator.Greater),
    ];

    public static bool TryParse(string text, [NotNullWhen(true)] out PostureCondition? condition)
    {
        condition = null;
        var rest = text.AsSpan().Trim();
        var attribute = TakeAttribute(ref rest);
        if (attribute is null || TakeOperator(ref rest) is not { } wanted)
        {
            return false;
        }

        var values = ImmutableArray.CreateBuilder<RawJson>();
        var isComplete = wanted switch
        {
            PostureOperator.IsSet or PostureOperator.NotSet => true,
            PostureOperator.In or PostureOperator.NotIn => TakeList(ref rest, values),
            _ => TakeValue(ref rest, values),
        };
        if (!isComplete || !rest.Trim().IsEmpty)
        {
            return false;
        }

        condition = new PostureCondition(attribute, wanted, values.ToImmutable());
        return true;
    }

    /// <summary>The canonical spelling.</summary>
    public static string Format(PostureCondition condition)
    {
        var values = condition.Values.Select(FormatValue);
        return condition.Operator switch
        {
            PostureOperator.IsSet => $"{condition.Attribute} IS SET",
            PostureOperator.NotSet => $"{condition.Attribute} NOT SET",
            PostureOperator.In => $"{condition.Attribute} IN [{string.Join(", ", values)}]",
            PostureOperator.NotIn => $"{condition.Attribute} NOT IN [{string.Join(", ", values)}]",
            _ => $"{condition.Attribute} {Array.Find(Comparisons, known => known.Operator == condition.Operator).Word} {values.Single()}",
        };
    }

    private static string? TakeAttribute(ref ReadOnlySpan<char> rest)
    {
        var length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] is ':' or '_' or '-' or '.'))
        {
            length++;
        }

        var name = rest[..length];
        rest = rest[length..].TrimStart();
        var colon = name.IndexOf(':');
        return colon > 0 && colon < name.Length - 1 ? name.ToString() : null;
    }

    private static PostureOperator? TakeOperator(ref ReadOnlySpan<char> rest)
    {
        foreach (var (word, comparison) in Comparisons)
        {
            if (rest.StartsWith(word))
            {
                rest = rest[word.Length..].TrimStart();
                return comparison;
            }
        }

        if (TakeWord(ref rest, "IN"))
        {
            return PostureOperator.In;
        }

        if (TakeWord(ref rest, "IS"))
        {
            return TakeWord(ref rest, "SET") ? PostureOperator.IsSet : null;
        }

        return !TakeWord(ref rest, "NOT") ? null
            : TakeWord(ref rest, "SET") ? PostureOperator.NotSet
            : TakeWord(ref rest, "IN") ? PostureOperator.NotIn
            : null;
    }

    private static bool TakeWord(ref ReadOnlySpan<char> rest, string word)
    {
        var isNext = rest.StartsWith(word, StringComparison.OrdinalIgnoreCase)
            && (rest.Length == word.Length || !char.IsLetterOrDigit(rest[word.Length]));
        rest = isNext ? rest[word.Length..].TrimStart() : rest;
        return isNext;
    }

    private static bool TakeList(ref ReadOnlySpan<char> rest, ImmutableArray<RawJson>.Builder values)
    {
        if (!rest.StartsWith('['))
        {
            return false;
        }

        do
        {
            rest = rest[1..].TrimStart();
            if (!TakeValue(ref rest, values))
            {
                return false;
            }

            rest = rest.TrimStart();
        }
        while (rest.StartsWith(','));
        var isClosed = rest.StartsWith(']');
        rest = isClosed ? rest[1..] : rest;
        return isClosed;
    }

    private static bool TakeValue(ref ReadOnlySpan<char> rest, ImmutableArray<RawJson>.Builder values)
    {
        if (rest.Length > 0 && rest[0] is '\'' or '"')
        {
            return TakeQuoted(ref rest, values);
        }

        var end = rest.IndexOfAny(" \t,]");
        var word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..];
        if (word is "true" or "false")
        {
            values.Add(RawJson.FromBoolean(word is "true"));
            return true;
        }

        var isNumber = HuJsonScanner.IsNumber(word);
        if (isNumber)
        {
            values.Add(RawJson.Parse(word.ToString()));
        }

        return isNumber;
    }

    // A backslash takes the next character as it is.
    private static bool TakeQuoted(ref ReadOnlySpan<char> rest, ImmutableArray<RawJson>.Builder values)
    {
        var quote = rest[0];
        var content = new StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == quote)
            {
                rest = rest[(i + 1)..];
                values.Add(RawJson.FromString(content.ToString()));
                return true;
            }

            i += rest[i] == '\\' && i + 1 < rest.Length ? 1 : 0;
            content.Append(rest[i]);
        }

        return false;
    }

    private static string FormatValue(RawJson value)
    {
        var text = value.ToString();
        if (!text.StartsWith('"'))
        {
            return text;
        }

        using var document = JsonDocument.Parse(text);
        var quoted = new StringBuilder("'");
        foreach (var c in document.RootElement.GetString()!)
        {
            _ = c is '\'' or '\\' ? quoted.Append(CultureInfo.InvariantCulture, $"\\{c}") : quoted.Append(c);
        }

        return quoted.Append('\'').ToString();
    }
}
