using System.Text;
using System.Text.Json;

namespace MeshControl.Fuzz.Targets;

/// <summary>What real clients and a real server said: the valid input that others are made from.</summary>
internal static class Recorded
{
    /// <summary>Bodies of a kind (<c>request</c>, <c>frame</c>) as compact JSON, with the path of requests, without repetitions.</summary>
    public static IReadOnlyList<(string Path, byte[] Json)> Bodies(string kind)
    {
        var bodies = new List<(string Path, byte[] Json)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var folder = Path.Combine(AppContext.BaseDirectory, "Vectors", "traffic");
        foreach (var line in Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadLines))
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.GetProperty("kind").ValueEquals(kind)
                && root.TryGetProperty("body", out var body) && body.ValueKind == JsonValueKind.Object
                && seen.Add(body.GetRawText()))
            {
                var path = root.TryGetProperty("path", out var value) ? value.GetString()! : "";
                bodies.Add((path, Encoding.UTF8.GetBytes(body.GetRawText())));
            }
        }

        return bodies;
    }
}
