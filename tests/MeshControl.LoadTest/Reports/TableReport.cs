using System.Globalization;
using MeshControl.LoadTest.Figures;

namespace MeshControl.LoadTest.Reports;

/// <summary>A report for people.</summary>
public static class TableReport
{
    private const int MaxSentences = 5;
    private const int LabelWidth = 42;

    public static async Task WriteAsync(TextWriter output, ScenarioReport report)
    {
        await output.WriteLineAsync($"{report.Scenario}, {report.Nodes} nodes{(report.IsDone ? "" : ": NOT DONE, time ran out")}");
        if (report.Figures.Any(figure => figure.Durations is not null))
        {
            await output.WriteLineAsync($"  {"milliseconds",-LabelWidth}{"min",10}{"p50",10}{"p99",10}{"max",10}{"n",8}");
        }

        foreach (var figure in report.Figures.OrderBy(figure => figure.Durations is null))
        {
            await output.WriteLineAsync($"  {figure.Label,-LabelWidth}{Describe(figure)}");
        }

        await WriteSentencesAsync(output, "failures", report.Failures);
        if (report.Differences is { } differences)
        {
            await output.WriteLineAsync(differences.Count == 0
                ? $"  oracle: every node believes what the server says{(report.Compared < report.Nodes ? $" ({report.Compared} looked at)" : "")}"
                : $"  oracle: {differences.Count} of {report.Compared} nodes believe something else than the server says");
            await WriteSentencesAsync(output, "nodes", differences);
        }

        await output.WriteLineAsync();
    }

    private static string Describe(Figure figure) =>
        figure.Durations is { } all
            ? $"{Number(all.Min)}{Number(all.Median)}{Number(all.P99)}{Number(all.Max)}{all.Count,8}"
            : Number(figure.Value ?? 0);

    private static string Number(double value) =>
        (value == Math.Truncate(value) ? value.ToString("#,0", CultureInfo.InvariantCulture)
            : value.ToString("#,0.00", CultureInfo.InvariantCulture)).PadLeft(10);

    private static async Task WriteSentencesAsync(TextWriter output, string what, IReadOnlyList<string> sentences)
    {
        foreach (var sentence in sentences.Take(MaxSentences))
        {
            await output.WriteLineAsync($"    {sentence.ReplaceLineEndings("\n      ")}");
        }

        if (sentences.Count > MaxSentences)
        {
            await output.WriteLineAsync($"    … and {sentences.Count - MaxSentences} more {what}");
        }
    }
}
