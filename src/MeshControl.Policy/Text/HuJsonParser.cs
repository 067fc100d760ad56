using System.Diagnostics.CodeAnalysis;

namespace MeshControl.Policy.Text;

/// <summary>
/// Reads HuJSON: JSON (RFC 8259) with comments (<c>//</c> and <c>/* */</c>) and one trailing comma in objects and arrays. Time and memory
/// grow with the length of the text alone.
/// </summary>
internal sealed class HuJsonParser
{
    /// <summary>Deepest nesting. Rules need six levels; the rest is for what capabilities carry.</summary>
    public const int MaxDepth = 32;

    /// <summary>Longest text in characters: some ten thousand rules.</summary>
    public const int MaxLength = 1024 * 1024;

    // Objects with few members are compared one by one, without a table.
    private const int FewMembers = 8;

    private readonly HuJsonScanner _scanner;
    private int _depth;

    private HuJsonParser(SourceText source) => _scanner = new HuJsonScanner(source);

    /// <param name="source">What to read.</param>
    /// <param name="value">Null when the text holds nothing but white space and comments.</param>
    /// <param name="error">The first thing that is not HuJSON.</param>
    public static bool TryParse(SourceText source, out HuJsonValue? value, [NotNullWhen(false)] out PolicyError? error)
    {
        if (source.Text.Length > MaxLength)
        {
            value = null;
            error = new PolicyError($"the policy has {source.Text.Length} characters; at most {MaxLength} are accepted");
            return false;
        }

        var parser = new HuJsonParser(source);
        value = parser.ParseText();
        error = parser._scanner.Error;
        return error is null;
    }

    private HuJsonValue? ParseText()
    {
        if (_scanner.Next == '\uFEFF')
        {
            _scanner.Fail("the text begins with a byte order mark; save it as UTF-8 without one");
            return null;
        }

        if (!_scanner.SkipBlanks() || _scanner.IsAtEnd)
        {
            return null;
        }

        var value = ParseValue();
        if (value is not null && _scanner.SkipBlanks() && !_scanner.IsAtEnd)
        {
            _scanner.Fail($"the policy ends before this, but {_scanner.Found()} follows");
        }

        return value;
    }

    private HuJsonValue? ParseValue()
    {
        var position = _scanner.Here;
        switch (_scanner.Next)
        {
            case '{':
                return ParseNested(position, HuJsonKind.Object);
            case '[':
                return ParseNested(position, HuJsonKind.Array);
            case '"':
                return _scanner.ReadString() is { } text ? new HuJsonValue(HuJsonKind.String, position, text) : null;
            case '-' or (>= '0' and <= '9'):
                return _scanner.ReadNumber() is { } number ? new HuJsonValue(HuJsonKind.Number, position, number) : null;
            case 't' when _scanner.TakeWord("true"):
                return new HuJsonValue(HuJsonKind.True, position);
            case 'f' when _scanner.TakeWord("false"):
                return new HuJsonValue(HuJsonKind.False, position);
            case 'n' when _scanner.TakeWord("null"):
                return new HuJsonValue(HuJsonKind.Null, position);
            case '\'':
                _scanner.Fail("strings stand in double quotes, not in single ones");
                return null;
            default:
                _scanner.Fail($"a value is expected here, not {_scanner.Found()}");
                return null;
        }
    }

    private HuJsonValue? ParseNested(TextPosition position, HuJsonKind kind)
    {
        if (_depth == MaxDepth)
        {
            _scanner.Fail($"objects and lists may be nested {MaxDepth} deep, not deeper");
            return null;
        }

        _depth++;
        var value = kind == HuJsonKind.Object ? ParseObject(position) : ParseArray(position);
        _depth--;
        return value;
    }

    private HuJsonValue? ParseArray(TextPosition position)
    {
        _scanner.Take('[');
        List<HuJsonValue>? items = null;
        while (_scanner.SkipBlanks())
        {
            if (_scanner.Take(']'))
            {
                return new HuJsonValue(HuJsonKind.Array, position, items?.ToArray());
            }

            if (ParseValue() is not { } item || !_scanner.SkipBlanks())
            {
                return null;
            }

            (items ??= []).Add(item);
            if (!_scanner.Take(',') && _scanner.Next != ']')
            {
                _scanner.Fail($"a comma or ] is expected here, not {_scanner.Found()}");
                return null;
            }
        }

        return null;
    }

    private HuJsonValue? ParseObject(TextPosition position)
    {
        _scanner.Take('{');
        List<HuJsonMember>? members = null;
        HashSet<string>? names = null;
        while (_scanner.SkipBlanks())
        {
            if (_scanner.Take('}'))
            {
                return new HuJsonValue(HuJsonKind.Object, position, members?.ToArray());
            }

            var namePosition = _scanner.Here;
            if (ReadName() is not { } name || ParseMember() is not { } value)
            {
                return null;
            }

            members ??= [];
            if (!IsNew(name, members, ref names))
            {
                _scanner.Fail($"{QuotedText.Of(name)} stands here twice in one object; leave one of them out", namePosition);
                return null;
            }

            members.Add(new HuJsonMember(name, namePosition, value));
            if (!_scanner.Take(',') && _scanner.Next != '}')
            {
                _scanner.Fail($"a comma or }} is expected here, not {_scanner.Found()}");
                return null;
            }
        }

        return null;
    }

    private string? ReadName()
    {
        if (_scanner.Next == '"' && !_scanner.IsAtEnd)
        {
            return _scanner.ReadString();
        }

        _scanner.Fail($"a name in double quotes is expected here, not {_scanner.Found()}");
        return null;
    }

    /// <summary>The colon and the value, and the blanks before and behind them.</summary>
    private HuJsonValue? ParseMember()
    {
        if (!_scanner.SkipBlanks())
        {
            return null;
        }

        if (!_scanner.Take(':'))
        {
            _scanner.Fail($"a colon is expected after the name, not {_scanner.Found()}");
            return null;
        }

        return _scanner.SkipBlanks() && ParseValue() is { } value && _scanner.SkipBlanks() ? value : null;
    }

    private static bool IsNew(string name, List<HuJsonMember> members, ref HashSet<string>? names)
    {
        if (members.Count < FewMembers)
        {
            return !members.Exists(member => member.Name == name);
        }

        names ??= members.Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        return names.Add(name);
    }
}
