using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace MeshControl.Cli.Output;

/// <summary>Values as programs read them.</summary>
internal static class MachineText
{
    // The output goes to terminals and programs, never into HTML: only what JSON itself demands is escaped.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Indented = Compact with { Indented = true, IndentCharacter = '\t', IndentSize = 1 };

    /// <summary>The text without a line break at its end.</summary>
    public static string Render(JsonNode value, OutputFormat format) => format switch
    {
        OutputFormat.Json => Json(value, Indented),
        OutputFormat.JsonLine => Json(value, Compact),
        OutputFormat.Yaml => YamlText.Serializer.Serialize(ToPlain(value)!).TrimEnd('\n', '\r'),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    private static string Json(JsonNode value, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static object? ToPlain(JsonNode? node) => node switch
    {
        null => null,
        JsonObject map => map.ToDictionary(member => member.Key, member => ToPlain(member.Value)),
        JsonArray list => list.Select(ToPlain).ToList(),
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        JsonValue value when value.TryGetValue(out long number) => number,
        JsonValue value when value.TryGetValue(out int number) => number, // no other type than its own is taken for it
        JsonValue value when value.TryGetValue(out double number) => number,
        _ => node.GetValue<string>(),
    };

    /// <summary>A class of its own, so that it is set up for those alone who ask for YAML.</summary>
    private static class YamlText
    {
        // Quotes what a reader would otherwise take for a number, a boolean or null.
        public static readonly ISerializer Serializer =
            new SerializerBuilder().WithQuotingNecessaryStrings(quoteYaml1_1Strings: true).Build();
    }
}
