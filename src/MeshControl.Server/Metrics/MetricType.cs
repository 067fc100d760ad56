namespace MeshControl.Server.Metrics;

/// <summary>Prometheus' types of metrics.</summary>
internal enum MetricType
{
    Counter,

    Gauge,

    Histogram,
}
