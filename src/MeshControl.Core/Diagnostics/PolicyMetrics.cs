using System.Diagnostics.Metrics;
using MeshControl.Core.Policies;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Diagnostics;

/// <summary>What became of policies, and what the one in force is like.</summary>
internal sealed class PolicyMetrics
{
    private readonly Counter<long> _puts;
    private readonly Histogram<double> _compiles;
    private readonly TimeProvider _time;

    public PolicyMetrics(Meter meter, TimeProvider time)
    {
        _time = time;
        _puts = meter.CreateCounter<long>(
            "meshcontrol.policy.puts", null, "Policies that were to come into force, by the way that they came and what became of them.");
        _compiles = meter.CreateHistogram<double>(
            "meshcontrol.policy.compile.duration", "s", "How long reading, compiling and testing a policy took, by outcome.");
    }

    /// <summary>Adds what is looked up when somebody asks.</summary>
    public static void Observe(Meter meter, IReadOnlyCollection<Tailnet> tailnets)
    {
        meter.CreateObservableGauge(
            "meshcontrol.policy.version",
            () => Each(tailnets, tailnet => tailnet.Policies.Current?.Version ?? 0),
            null,
            "Version of the policy in force; 0 where none was ever set.");
        meter.CreateObservableUpDownCounter(
            "meshcontrol.policy.classes",
            () => Each(tailnets, tailnet => tailnet.Snapshot.Access.ClassCount),
            null,
            "Kinds of nodes that the policy in force tells apart.");
        meter.CreateObservableGauge(
            "meshcontrol.policy.file_refused",
            () => Each(tailnets, tailnet => tailnet.Policies.IsFileRefused ? 1 : 0),
            null,
            "1 while the policy file is not what is in force because it cannot be used.");
    }

    /// <param name="origin">By which way it came.</param>
    /// <param name="isNew">Whether it is another one than before.</param>
    public void Put(PolicyOrigin origin, bool isNew) => Add(origin, isNew ? "accepted" : "unchanged");

    public void Refused(PolicyOrigin origin, CoreErrorKind why) =>
        Add(origin, why == CoreErrorKind.Unavailable ? "unavailable" : "refused");

    public long StartCompile() => _time.GetTimestamp();

    public void EndCompile(long started, bool isGood) => _compiles.Record(
        _time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("outcome", isGood ? "accepted" : "refused"));

    private void Add(PolicyOrigin origin, string outcome) => _puts.Add(
        1,
        new KeyValuePair<string, object?>("origin", origin == PolicyOrigin.File ? "file" : "api"),
        new KeyValuePair<string, object?>("outcome", outcome));

    private static IEnumerable<Measurement<long>> Each(IEnumerable<Tailnet> tailnets, Func<Tailnet, long> value) =>
        tailnets.Select(tailnet => new Measurement<long>(value(tailnet), new KeyValuePair<string, object?>("tailnet", tailnet.Snapshot.Name)));
}
