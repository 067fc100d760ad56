using System.Globalization;
using System.Text;

namespace MeshControl.Server.Metrics;

/// <summary>
/// Prometheus' text format, version 0.0.4:
/// <code>
/// # HELP name what it means
/// # TYPE name counter
/// name{label="value"} 1
/// </code>
/// </summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Render(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(Escape(family.Help)).Append('\n');
            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type switch
            {
                MetricType.Counter => "counter",
                MetricType.Histogram => "histogram",
                _ => "gauge",
            }).Append('\n');
            family.Read(series => Append(text, family, series));
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, MetricFamily family, MetricSeries series)
    {
        if (family.Type != MetricType.Histogram)
        {
            AppendLine(text, family.Name, "", series, null, series.Sum);
            return;
        }

        for (var i = 0; i < series.Buckets.Count; i++)
        {
            AppendLine(text, family.Name, "_bucket", series, Format(MetricSeries.Bounds[i]), series.Buckets[i]);
        }

        AppendLine(text, family.Name, "_bucket", series, "+Inf", series.Count);
        AppendLine(text, family.Name, "_sum", series, null, series.Sum);
        AppendLine(text, family.Name, "_count", series, null, series.Count);
    }

    private static void AppendLine(StringBuilder text, string name, string suffix, MetricSeries series, string? bound, double value)
    {
        text.Append(name).Append(suffix);
        var labels = series.Tags.Select(Label);
        if (bound is not null)
        {
            labels = labels.Append($"le=\"{bound}\"");
        }

        var all = string.Join(',', labels);
        if (all.Length > 0)
        {
            text.Append('{').Append(all).Append('}');
        }

        text.Append(' ').Append(Format(value)).Append('\n');
    }

    private static string Label(KeyValuePair<string, object?> tag)
    {
        var value = Escape(tag.Value?.ToString() ?? "").Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"{tag.Key.Replace('.', '_')}=\"{value}\"";
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
