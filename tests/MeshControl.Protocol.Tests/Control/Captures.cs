using System.Text.Json;

namespace MeshControl.Protocol.Tests.Control;

/// <summary>The recorded traffic of real clients.</summary>
internal static class Captures
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Vectors", "traffic");

    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.GetFiles(Folder, "*.jsonl").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> FileNames => [.. Files];

    public static IReadOnlyList<CapturedLine> Read(string file)
    {
        var lines = new List<CapturedLine>();
        foreach (var line in File.ReadLines(Path.Combine(Folder, file)))
        {
            lines.Add(new CapturedLine(file, lines.Count + 1, JsonDocument.Parse(line).RootElement.Clone()));
        }

        return lines;
    }

    public static IEnumerable<CapturedLine> All() => Files.SelectMany(Read);

    /// <summary>The answer to a request of the same scene; null when the recording ends before it.</summary>
    public static CapturedLine? AnswerTo(IReadOnlyList<CapturedLine> scene, CapturedLine request) =>
        scene.FirstOrDefault(line => line.Kind == "response" && line.Client == request.Client
            && line.Connection == request.Connection && line.Request == request.Request);
}
