using System.Text.Json;

namespace MeshControl.FunctionalTests.Replay;

/// <summary>One line of a recorded scene; see the README beside the recordings.</summary>
internal sealed record RecordedLine(string Scene, int Number, JsonElement Root)
{
    public string Kind => Text(Root, "kind");

    public string Method => Text(Root, "method");

    public string Path => Text(Root, "path");

    public string Client => Text(Root, "client");

    /// <summary>Number of the channel.</summary>
    public int Channel => Int("conn");

    /// <summary>Number of the request; frames carry that of their stream.</summary>
    public int Request => Int("req");

    public int Version => Int("version");

    public JsonElement? Body => Root.TryGetProperty("body", out var body) && body.ValueKind == JsonValueKind.Object ? body : null;

    /// <summary>All lines of a scene, by the number it begins with.</summary>
    public static IReadOnlyList<RecordedLine> ReadScene(string scene)
    {
        var folder = System.IO.Path.Combine(AppContext.BaseDirectory, "Vectors", "traffic");
        var file = Assert.Single(Directory.GetFiles(folder, $"{scene}-*.jsonl"));
        return [.. File.ReadLines(file).Select((line, index) => new RecordedLine(scene, index + 1, Parse(line)))];
    }

    public bool HasFlag(string name) =>
        Body is { } body && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>A string in the body; empty if there is none.</summary>
    public string Text(string name) => Body is { } body ? Text(body, name) : "";

    public override string ToString() => $"{Scene}:{Number}";

    private static JsonElement Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private int Int(string name) => Root.TryGetProperty(name, out var value) ? value.GetInt32() : 0;
}
