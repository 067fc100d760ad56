using System.Diagnostics.Metrics;
using MeshControl.Server.Metrics;

namespace MeshControl.Server.Tests.Http;

public sealed class MetricsCollectorTests
{
    [Fact]
    public void Render_Histogram_HasCumulativeBucketsSumAndCount()
    {
        using var meter = new Meter("test");
        var histogram = meter.CreateHistogram<double>("a.wait", "s", "Waiting.");
        using var collector = new MetricsCollector(meter);
        var tag = new KeyValuePair<string, object?>("why", "x");
        histogram.Record(0.003, tag);
        histogram.Record(0.5, tag);
        histogram.Record(100, tag);

        var page = collector.Render();

        Assert.Contains("# TYPE a_wait_seconds histogram\n", page, StringComparison.Ordinal);
        Assert.Contains("a_wait_seconds_bucket{why=\"x\",le=\"0.0025\"} 0\n", page, StringComparison.Ordinal);
        Assert.Contains("a_wait_seconds_bucket{why=\"x\",le=\"0.005\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("a_wait_seconds_bucket{why=\"x\",le=\"0.5\"} 2\n", page, StringComparison.Ordinal);
        Assert.Contains("a_wait_seconds_bucket{why=\"x\",le=\"5.0\"} 2\n", page, StringComparison.Ordinal);
        Assert.Contains("a_wait_seconds_bucket{why=\"x\",le=\"+Inf\"} 3\n", page, StringComparison.Ordinal);
        Assert.Contains("a_wait_seconds_sum{why=\"x\"} 100.503\n", page, StringComparison.Ordinal);
        Assert.Contains("a_wait_seconds_count{why=\"x\"} 3\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_HistogramWithItsOwnBounds_HasThose()
    {
        using var meter = new Meter("test");
        var histogram = meter.CreateHistogram<int>("a.size", null, "Size.", tags: null, new InstrumentAdvice<int> { HistogramBucketBoundaries = [0, 10] });
        using var collector = new MetricsCollector(meter);
        histogram.Record(0);
        histogram.Record(10);
        histogram.Record(11);

        var lines = collector.Render().Split('\n').Where(line => line.StartsWith("a_size", StringComparison.Ordinal));

        Assert.Equal(
            ["a_size_bucket{le=\"0.0\"} 1", "a_size_bucket{le=\"10.0\"} 2", "a_size_bucket{le=\"+Inf\"} 3", "a_size_sum 21", "a_size_count 3"], lines);
    }

    [Fact]
    public void Render_OpenMetrics_CallsCountersByTheirNameAndHasAnEnd()
    {
        using var meter = new Meter("test");
        var counter = meter.CreateCounter<long>("closed", null, "Say \"shut\".");
        using var collector = new MetricsCollector(meter);
        counter.Add(4);

        var page = collector.Render(isOpenMetrics: true);

        Assert.Contains("# HELP closed Say \\\"shut\\\".\n# TYPE closed counter\nclosed_total 4\n", page, StringComparison.Ordinal);
        Assert.EndsWith("\n# EOF\n", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE closed_total counter\n", collector.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_MeterOfAnotherServer_IsNotThere()
    {
        using var mine = new Meter("MeshControl.Server");
        using var other = new Meter("MeshControl.Server");
        var counter = mine.CreateCounter<long>("mine");
        var others = other.CreateCounter<long>("others");
        using var collector = new MetricsCollector(mine);
        counter.Add(2);
        counter.Add(3);
        others.Add(1);

        var page = collector.Render();

        Assert.Contains("mine_total 5\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("others", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_LabelWithSpecialCharacters_IsEscaped()
    {
        using var meter = new Meter("test");
        var counter = meter.CreateCounter<int>("odd", null, "Two\nlines.");
        using var collector = new MetricsCollector(meter);
        counter.Add(1, new KeyValuePair<string, object?>("a.b", "\"\\\n"));

        var page = collector.Render();

        Assert.Contains("# HELP odd_total Two\\nlines.\n", page, StringComparison.Ordinal);
        Assert.Contains("odd_total{a_b=\"\\\"\\\\\\n\"} 1\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_LookedUpSeriesThatIsGone_IsGone()
    {
        using var meter = new Meter("test");
        var shown = true;
        meter.CreateObservableGauge<int>("seen", () => shown ? [new Measurement<int>(7)] : []);
        using var collector = new MetricsCollector(meter);

        Assert.Contains("seen 7\n", collector.Render(), StringComparison.Ordinal);
        shown = false;
        Assert.DoesNotContain("seen 7\n", collector.Render(), StringComparison.Ordinal);
    }
}
