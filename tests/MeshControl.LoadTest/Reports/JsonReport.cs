using System.Text.Json;
using MeshControl.LoadTest.Arguments;
using MeshControl.LoadTest.Figures;

namespace MeshControl.LoadTest.Reports;

/// <summary>
/// Reports for programs:
/// <code>
/// { "login_server": …, "nodes": …, "seed": …, "scenarios": [
///     { "phase": "join", "nodes": …, "done": true, "register_ms": { "min": …, "p50": …, "p99": …, "max": …, "n": … },
///       "converged_s": …, …, "failures": [], "compared": …, "differences": [] }, … ] }
/// </code>
/// </summary>
public static class JsonReport
{
    /// <exception cref="LoadException">The file cannot be written.</exception>
    public static async Task WriteAsync(
        string file, LoadOptions options, IReadOnlyList<ScenarioReport> reports, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("login_server", options.LoginServer.ToString());
            writer.WriteNumber("nodes", options.Nodes);
            writer.WriteNumber("seed", options.Seed);
            writer.WriteStartArray("scenarios");
            foreach (var report in reports)
            {
                Write(writer, report);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        try
        {
            await File.WriteAllBytesAsync(file, buffer.ToArray(), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoadException($"The figures cannot be written to '{file}': {e.Message}", e);
        }
    }

    private static void Write(Utf8JsonWriter writer, ScenarioReport report)
    {
        writer.WriteStartObject();
        writer.WriteString("phase", report.Scenario);
        writer.WriteNumber("nodes", report.Nodes);
        writer.WriteBoolean("done", report.IsDone);
        foreach (var figure in report.Figures)
        {
            Write(writer, figure);
        }

        Write(writer, "failures", report.Failures);
        if (report.Differences is { } differences)
        {
            writer.WriteNumber("compared", report.Compared);
            Write(writer, "differences", differences);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Figure figure)
    {
        if (figure.Durations is not { } all)
        {
            writer.WriteNumber(figure.Name, Math.Round(figure.Value ?? 0, 3));
            return;
        }

        writer.WriteStartObject(figure.Name);
        writer.WriteNumber("min", Math.Round(all.Min, 2));
        writer.WriteNumber("p50", Math.Round(all.Median, 2));
        writer.WriteNumber("p99", Math.Round(all.P99, 2));
        writer.WriteNumber("max", Math.Round(all.Max, 2));
        writer.WriteNumber("n", all.Count);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<string> sentences)
    {
        writer.WriteStartArray(name);
        foreach (var sentence in sentences)
        {
            writer.WriteStringValue(sentence);
        }

        writer.WriteEndArray();
    }
}
