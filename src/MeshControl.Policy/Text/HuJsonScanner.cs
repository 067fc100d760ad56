using System.Buffers;
using System.Globalization;
using System.Text;

namespace MeshControl.Policy.Text;

/// <summary>
/// Moves over a text character by character, word by word, and knows line and column at any time. The first problem stays
/// in <see cref="Error"/>; nothing is read after it.
/// </summary>
internal sealed class HuJsonScanner(SourceText source)
{
    /// <summary>What ends the part of a string that is taken as it is.</summary>
    private static readonly SearchValues<char> StringEnds =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\']);

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789+-.eE");

    private readonly string _text = source.Text;
    private int _at;
    private int _line = 1;
    private int _lineStart;

    // Characters outside the first plane take two places in the text and one column.
    private int _pairsInLine;

    public PolicyError? Error { get; private set; }

    public bool IsAtEnd => _at >= _text.Length;

    public TextPosition Here => new(_line, _at - _lineStart - _pairsInLine + 1);

    /// <summary>NUL at the end of the text; it is no token either way.</summary>
    public char Next => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>Takes the next character if it is this one.</summary>
    public bool Take(char wanted)
    {
        if (IsAtEnd || _text[_at] != wanted)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Skips white space and comments.</summary>
    /// <returns>False when a comment does not end.</returns>
    public bool SkipBlanks()
    {
        while (!IsAtEnd)
        {
            switch (_text[_at])
            {
                case ' ' or '\t' or '\r':
                    _at++;
                    break;
                case '\n':
                    _at++;
                    StartLine();
                    break;
                case '/' when Follows("//"):
                    var end = _text.IndexOf('\n', _at);
                    PassComment(end < 0 ? _text.Length : end);
                    break;
                case '/' when Follows("/*"):
                    var close = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                    if (close < 0)
                    {
                        return Fail("this comment does not end; close it with */");
                    }

                    PassComment(close + 2);
                    break;
                default:
                    return true;
            }
        }

        return true;
    }

    /// <summary>Reads the string whose opening quote is next; null after an error.</summary>
    public string? ReadString()
    {
        var opening = Here;
        _at++;
        StringBuilder? unescaped = null;
        while (true)
        {
            var length = _text.AsSpan(_at).IndexOfAny(StringEnds);
            if (length < 0)
            {
                _at = _text.Length;
                Fail("this string does not end; close it with \"", opening);
                return null;
            }

            var start = _at;
            if (!PassText(length))
            {
                return null;
            }

            switch (_text[_at])
            {
                case '"':
                    _at++;
                    return unescaped?.Append(_text, start, length).ToString() ?? _text.Substring(start, length);
                case '\\':
                    unescaped ??= new StringBuilder();
                    unescaped.Append(_text, start, length);
                    if (!ReadEscape(unescaped))
                    {
                        return null;
                    }

                    break;
                case '\n' or '\r':
                    Fail("a string must end on the line where it begins; write \\n for a line break");
                    return null;
                default:
                    Fail($"a string must not hold the control character U+{(int)_text[_at]:X4} as it is; write \\u{(int)_text[_at]:x4}");
                    return null;
            }
        }
    }

    /// <summary>Reads a number and leaves it as written; null after an error.</summary>
    public string? ReadNumber()
    {
        var length = _text.AsSpan(_at).IndexOfAnyExcept(NumberCharacters);
        var word = _text.AsSpan(_at, length < 0 ? _text.Length - _at : length);
        if (!IsNumber(word) || (length >= 0 && char.IsLetterOrDigit(_text[_at + length])))
        {
            Fail($"{Found()} is not a number as JSON has them, such as 5, -1 or 0.5");
            return null;
        }

        _at += word.Length;
        return word.ToString();
    }

    /// <summary>Takes a word if it is next and nothing follows that would make it a longer one.</summary>
    public bool TakeWord(string word)
    {
        if (!Follows(word) || (_at + word.Length < _text.Length && char.IsLetterOrDigit(_text[_at + word.Length])))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    /// <summary>Says what is next, for messages: a word, a character, or the end.</summary>
    public string Found()
    {
        if (IsAtEnd)
        {
            return "the end of the text";
        }

        var end = _at;
        while (end < _text.Length && end - _at < 40 && (char.IsLetterOrDigit(_text[end]) || _text[end] is '_' or '-' or '.' or '+'))
        {
            end++;
        }

        return QuotedText.Of(_text[_at..Math.Max(end, _at + 1)]);
    }

    public bool Fail(string message) => Fail(message, Here);

    public bool Fail(string message, TextPosition position)
    {
        Error ??= source.Error(message, position);
        return false;
    }

    internal static bool IsNumber(ReadOnlySpan<char> word)
    {
        var rest = word.StartsWith('-') ? word[1..] : word;
        var digits = Digits(rest);
        if (digits == 0 || (digits > 1 && rest[0] == '0'))
        {
            return false;
        }

        rest = rest[digits..];
        if (rest.StartsWith('.'))
        {
            digits = Digits(rest[1..]);
            if (digits == 0)
            {
                return false;
            }

            rest = rest[(digits + 1)..];
        }

        if (rest.Length > 0 && rest[0] is 'e' or 'E')
        {
            rest = rest[1..];
            rest = rest.Length > 0 && rest[0] is '+' or '-' ? rest[1..] : rest;
            digits = Digits(rest);
            return digits > 0 && digits == rest.Length;
        }

        return rest.IsEmpty;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    private bool Follows(string word) => string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0;

    private void StartLine() => (_line, _lineStart, _pairsInLine) = (_line + 1, _at, 0);

    /// <summary>Moves over a comment.</summary>
    private void PassComment(int end)
    {
        while (_at < end)
        {
            var c = _text[_at++];
            if (c == '\n')
            {
                StartLine();
            }
            else if (char.IsLowSurrogate(c))
            {
                _pairsInLine++;
            }
        }
    }

    /// <summary>Moves over a part of a string that has no escapes.</summary>
    private bool PassText(int length)
    {
        var end = _at + length;
        while (true)
        {
            var next = _text.AsSpan(_at, end - _at).IndexOfAnyInRange('\uD800', '\uDFFF');
            if (next < 0)
            {
                _at = end;
                return true;
            }

            _at += next;
            if (_at + 1 >= end || !char.IsSurrogatePair(_text[_at], _text[_at + 1]))
            {
                return Fail("half of a character stands here; save the text as UTF-8");
            }

            _at += 2;
            _pairsInLine++;
        }
    }

    private bool ReadEscape(StringBuilder unescaped)
    {
        var escape = _at + 1 < _text.Length ? _text[_at + 1] : '\0';
        var meaning = escape switch
        {
            '"' or '\\' or '/' => escape,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => '\0',
        };
        if (meaning != '\0')
        {
            unescaped.Append(meaning);
            _at += 2;
            return true;
        }

        return escape == 'u'
            ? ReadCodes(unescaped)
            : Fail("""after \ in a string only one of " \ / b f n r t u may follow; write \\ for a backslash""");
    }

    private bool ReadCodes(StringBuilder unescaped)
    {
        if (!TryReadCode(_at, out var first))
        {
            return Fail("""after \u in a string four hexadecimal digits must follow""");
        }

        if (first == '\0')
        {
            return Fail("a string must not hold the character U+0000");
        }

        if (!char.IsSurrogate(first))
        {
            unescaped.Append(first);
            _at += 6;
            return true;
        }

        if (!TryReadCode(_at + 6, out var second) || !char.IsSurrogatePair(first, second))
        {
            return Fail("this is half of a character; the other half must follow as a second \\u");
        }

        unescaped.Append(first).Append(second);
        _at += 12;
        return true;
    }

    private bool TryReadCode(int at, out char code)
    {
        code = '\0';
        if (at + 6 > _text.Length || _text[at] != '\\' || _text[at + 1] != 'u')
        {
            return false;
        }

        var isCode = ushort.TryParse(_text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        code = (char)value;
        return isCode;
    }
}
