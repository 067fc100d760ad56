using System.Globalization;
using System.Text;

namespace MeshControl.Server.Metrics;

/// <summary>
/// The two text formats of numbers for Prometheus, which differ in little: its own, version 0.0.4, and OpenMetrics 1.0.0.
/// <code>
/// # HELP name what it means
/// # TYPE name counter
/// name{label="value"} 1
/// </code>
/// In OpenMetrics a counter is called in its comments without <c>_total</c>, quotes in help are escaped, and the page has an end.
/// </summary>
internal static class PrometheusText
{
    private const string Total = "_total";

    public static string ContentType(bool isOpenMetrics) => isOpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    public static string Render(IEnumerable<MetricFamily> families, bool isOpenMetrics)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            var name = isOpenMetrics && family.Type == MetricType.Counter ? family.Name[..^Total.Length] : family.Name;
            var help = isOpenMetrics ? EscapeQuoted(family.Help) : Escape(family.Help);
            text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(family.Type switch
            {
                MetricType.Counter => "counter",
                MetricType.Histogram => "histogram",
                _ => "gauge",
            }).Append('\n');
            family.Read(series => Append(text, family, series));
        }

        return isOpenMetrics ? text.Append("# EOF\n").ToString() : text.ToString();
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
            AppendLine(text, family.Name, "_bucket", series, FormatBound(family.Bounds[i]), series.Buckets[i]);
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

    private static string Label(KeyValuePair<string, object?> tag) =>
        $"{tag.Key.Replace('.', '_')}=\"{EscapeQuoted(tag.Value?.ToString() ?? "")}\"";

    private static string EscapeQuoted(string text) => Escape(text).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>One form for both formats, so that a bound is the same series whichever is asked for: <c>5.0</c>.</summary>
    private static string FormatBound(double value) => value.ToString("0.0###############", CultureInfo.InvariantCulture);
}
