using System.Diagnostics.Metrics;
using MeshControl.Core.Logins;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Diagnostics;

/// <summary>
/// What the core counts. A meter per control plane, not per process: whoever listens gets the numbers of one server. Without a
/// listener nothing is counted.
/// </summary>
public sealed class CoreMetrics : IDisposable
{
    public const string MeterName = "MeshControl.Core";

    /// <summary>Up to what a batch may hold.</summary>
    private static readonly InstrumentAdvice<int> BatchSizes =
        new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, Tailnet.MaxBatch] };

    private readonly Histogram<double> _commits;
    private readonly Histogram<int> _batches;
    private readonly Counter<long> _commands;
    private readonly TimeProvider _time;

    public CoreMetrics(TimeProvider time)
    {
        _time = time;
        Meter = new Meter(MeterName);
        _commits = Meter.CreateHistogram<double>(
            "meshcontrol.commit.duration", "s", "How long the database took to commit, by outcome.");
        _commands = Meter.CreateCounter<long>("meshcontrol.commands", null, "Commands that were decided.");
        _batches = Meter.CreateHistogram(
            "meshcontrol.batch.commands", null, "Commands that were decided and committed together.", tags: null, BatchSizes);
        Changes = new ChangeMetrics(Meter);
        Policies = new PolicyMetrics(Meter, time);
    }

    /// <summary>What a listener asks for.</summary>
    public Meter Meter { get; }

    internal ChangeMetrics Changes { get; }

    internal PolicyMetrics Policies { get; }

    public void Dispose() => Meter.Dispose();

    /// <summary>Adds what is not counted but looked up when somebody asks.</summary>
    internal void Observe(IReadOnlyCollection<Tailnet> tailnets, LoginService logins, SshCheckService sshChecks)
    {
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.nodes", () => CountNodes(tailnets), null, "Nodes by state; a node whose key has expired counts as that alone.");
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.users", () => tailnets.Sum(tailnet => tailnet.Snapshot.Users.Count), null, "Users.");
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.streams", () => tailnets.Sum(tailnet => tailnet.Sessions.Count), null, "Open map streams.");
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.queue.length", () => tailnets.Sum(tailnet => tailnet.QueueLength), null, "Commands that wait for the writer.");
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.logins.pending", () => logins.Pending.Count, null, "Devices that ask to be let in.");
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.logins.waiting", () => logins.Waiting, null, "Requests that wait until somebody decides about their device.");
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.ssh_checks.pending", () => sshChecks.PendingCount, null, "SSH logins that wait to be approved.");
        PolicyMetrics.Observe(Meter, tailnets);
    }

    internal long StartCommit() => _time.GetTimestamp();

    internal void EndCommit(long started, CommitOutcome outcome) => _commits.Record(
        _time.GetElapsedTime(started).TotalSeconds,
        new KeyValuePair<string, object?>("outcome", outcome switch
        {
            CommitOutcome.Committed => "committed",
            CommitOutcome.ConstraintViolated => "conflict",
            CommitOutcome.Fenced => "fenced",
            CommitOutcome.Unavailable => "unavailable",
            _ => "unknown",
        }));

    internal void CommandsDone(int count)
    {
        _commands.Add(count);
        _batches.Record(count);
    }

    private Measurement<int>[] CountNodes(IReadOnlyCollection<Tailnet> tailnets)
    {
        var now = Clock.Now(_time);
        var (online, offline, expired) = (0, 0, 0);
        foreach (var entry in tailnets.SelectMany(tailnet => tailnet.Snapshot.Nodes))
        {
            if (entry.Node.IsExpired(now))
            {
                expired++;
            }
            else if (entry.Presence.Online)
            {
                online++;
            }
            else
            {
                offline++;
            }
        }

        return [State(online, "online"), State(offline, "offline"), State(expired, "expired")];

        static Measurement<int> State(int count, string state) => new(count, new KeyValuePair<string, object?>("state", state));
    }
}
