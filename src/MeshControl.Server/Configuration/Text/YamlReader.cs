using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MeshControl.Server.Configuration.Text;

/// <summary>
/// Reads YAML (and JSON, which is YAML) into nodes that know their line. Works on the parser's events and not on a deserialiser,
/// because those stop at the first mistake and forget where a value came from.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Ten times what any key needs; the recursion below must end before the stack does.</summary>
    public const int MaxDepth = 40;

    /// <summary>
    /// Aliases make a small text stand for a huge tree. No key needs more than a handful of them, and a tree walked by its shape
    /// must stay about as large as its text.
    /// </summary>
    public const int MaxAliases = 100;

    /// <summary>Ten times what the largest relay maps and lists of records have: relay maps come from strangers, too.</summary>
    public const int MaxValues = 100_000;

    /// <summary>Characters of a key; the longest of ours has some forty, and each value's place is told by all keys above it.</summary>
    public const int MaxKeyLength = 256;

    private readonly string _file;
    private readonly Parser _parser;
    private readonly List<ConfigurationProblem> _problems;
    private readonly Dictionary<AnchorName, ConfigNode> _anchors = [];
    private int _aliases;
    private int _values;

    private YamlReader(string file, string text, List<ConfigurationProblem> problems)
    {
        _file = file;
        _parser = new Parser(new StringReader(text));
        _problems = problems;
    }

    /// <summary>Reads the one document of <paramref name="text"/> and adds every mistake to <paramref name="problems"/>.</summary>
    /// <returns>Null when the document is empty or cannot be read at all.</returns>
    public static ConfigNode? Read(string file, string text, List<ConfigurationProblem> problems)
    {
        var reader = new YamlReader(file, text, problems);
        try
        {
            return reader.ReadStream();
        }
        catch (YamlException e)
        {
            problems.Add(NotYaml(file, e.Start.Line, e.Message.TrimEnd('.')));
            return null;
        }
        catch (InvalidOperationException)
        {
            // The scanner of YamlDotNet 16 fails like this for an unclosed bracket, after the last token that made sense.
            problems.Add(NotYaml(file, reader._parser.Current?.End.Line ?? 1, "a bracket or a quote is not closed"));
            return null;
        }
    }

    private static ConfigurationProblem NotYaml(string file, long line, string complaint) => new(
        "",
        ConfigurationOrigin.OfLine(file, (int)line),
        $"This is not YAML: {complaint}.",
        "Check this line and the one before it: indentation by spaces only, a space behind each colon, quotes and brackets closed.");

    private ConfigNode? ReadStream()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            return null;
        }

        var root = ReadNode("", 0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
        {
            throw new YamlException(second.Start, second.End, "a second document starts here, and only one is read; remove the line ---");
        }

        return root.IsNull ? null : root;
    }

    private ConfigNode ReadNode(string path, int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (++_aliases > MaxAliases)
            {
                throw new YamlException(alias.Start, alias.End, $"more than {MaxAliases} aliases");
            }

            return _anchors.TryGetValue(alias.Value, out var target)
                ? target
                : throw new YamlException(alias.Start, alias.End, $"the alias *{alias.Value} stands before its anchor, or inside of it");
        }

        if (!_parser.Accept<NodeEvent>(out var start))
        {
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, "a value is missing here");
        }

        if (++_values > MaxValues)
        {
            throw new YamlException(start.Start, start.End, $"more than {MaxValues} values");
        }

        if (depth > MaxDepth)
        {
            throw new YamlException(start.Start, start.End, $"more than {MaxDepth} levels of nesting");
        }

        ConfigNode node = start switch
        {
            MappingStart => ReadMapping(path, depth),
            SequenceStart => ReadSequence(path, depth),
            _ => ReadScalar(),
        };
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor] = node;
        }

        return node;
    }

    private ScalarNode ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        var isNull = scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" };
        return new ScalarNode(OriginOf(scalar), scalar.Value, isNull);
    }

    private SequenceNode ReadSequence(string path, int depth)
    {
        var origin = OriginOf(_parser.Consume<SequenceStart>());
        var items = new List<ConfigNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode($"{path}[{items.Count}]", depth + 1));
        }

        return new SequenceNode(origin, items);
    }

    private MappingNode ReadMapping(string path, int depth)
    {
        var origin = OriginOf(_parser.Consume<MappingStart>());
        var entries = new List<MappingEntry>();
        var seen = new Dictionary<string, ConfigurationOrigin>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var key))
            {
                throw new YamlException(_parser.Current!.Start, _parser.Current.End, "a key must be a plain word");
            }

            if (key.Value.Length > MaxKeyLength)
            {
                throw new YamlException(key.Start, key.End, $"a key of more than {MaxKeyLength} characters");
            }

            var keyOrigin = OriginOf(key);
            var keyPath = path.Length == 0 ? key.Value : $"{path}.{key.Value}";
            var value = ReadNode(keyPath, depth + 1);
            if (seen.TryAdd(key.Value, keyOrigin))
            {
                entries.Add(new MappingEntry(key.Value, keyOrigin, value));
            }
            else
            {
                ReportDuplicate(keyPath, keyOrigin, seen[key.Value]);
            }
        }

        return new MappingNode(origin, entries);
    }

    private void ReportDuplicate(string path, ConfigurationOrigin origin, ConfigurationOrigin first) =>
        _problems.Add(new ConfigurationProblem(
            path, origin, $"The key is written a second time; the first is in line {first.Line}.", "Keep one of the two."));

    private ConfigurationOrigin OriginOf(ParsingEvent parsed) => ConfigurationOrigin.OfLine(_file, (int)parsed.Start.Line);
}
