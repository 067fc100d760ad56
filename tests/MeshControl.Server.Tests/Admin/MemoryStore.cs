using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Storage;

namespace MeshControl.Server.Tests.Admin;

/// <summary>A database that takes everything and keeps nothing but policies: the running tailnet has the rest in its snapshot.</summary>
internal sealed class MemoryStore(StoredTailnet content) : IMeshStore
{
    private readonly List<StoredPolicy> _policies = [.. content.Policy is { } policy ? [policy] : Array.Empty<StoredPolicy>()];
    private long _nextId = 1000;
    private int _healthChecks;
    private TaskCompletionSource _nextHealthCheck = NewSignal();

    /// <summary>What <see cref="CheckHealthAsync"/> answers.</summary>
    public string? Problem { get; set; }

    /// <summary>What <see cref="CheckHealthAsync"/> waits for instead, if set.</summary>
    public Task<string?>? Health { get; set; }

    public int HealthChecks => Volatile.Read(ref _healthChecks);

    /// <summary>Done with the first health check that is counted after this was read.</summary>
    public Task NextHealthCheck => Volatile.Read(ref _nextHealthCheck).Task;

    /// <summary>What becomes of every batch.</summary>
    public CommitOutcome Outcome { get; set; } = CommitOutcome.Committed;

    public Task<IReadOnlyList<StoredTailnet>> LoadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredTailnet>>([content]);

    public Task<StoredTailnet?> LoadTailnetAsync(TailnetId tailnet, CancellationToken cancellationToken) =>
        Task.FromResult<StoredTailnet?>(content);

    public Task<StoredTailnet> CreateTailnetAsync(string name, DateTimeOffset at, CancellationToken cancellationToken) =>
        throw new NotSupportedException("There is a tailnet already.");

    public Task<CommitOutcome> CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        lock (_policies)
        {
            _policies.AddRange(Outcome == CommitOutcome.Committed ? batch.Policies : []);
        }

        return Task.FromResult(Outcome);
    }

    public Task<long> ReserveIdsAsync(IdKind kind, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Interlocked.Add(ref _nextId, count) - count);

    public Task ReleaseIdsAsync(IdKind kind, long firstUnused, long reservedEnd, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SavePresenceAsync(IReadOnlyCollection<KeyValuePair<NodeId, NodePresence>> presence, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task<IReadOnlyList<PolicyVersion>> ReadPolicyHistoryAsync(TailnetId tailnet, int limit, CancellationToken cancellationToken)
    {
        lock (_policies)
        {
            return Task.FromResult<IReadOnlyList<PolicyVersion>>(
            [
                .. Enumerable.Reverse(_policies).Take(limit).Select(policy =>
                    new PolicyVersion(policy.Version, policy.AcceptedAt, policy.AcceptedBy, policy.Origin, policy.RollbackOf, policy.Length)),
            ]);
        }
    }

    public Task<StoredPolicy?> ReadPolicyAsync(TailnetId tailnet, long version, CancellationToken cancellationToken)
    {
        lock (_policies)
        {
            return Task.FromResult(_policies.Find(policy => policy.Version == version));
        }
    }

    public Task<IReadOnlyList<PendingLogin>> LoadLoginsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PendingLogin>>([]);

    public Task<IReadOnlyList<SshCheck>> LoadSshChecksAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SshCheck>>([]);

    public Task SaveSshChecksAsync(IReadOnlyCollection<KeyValuePair<long, SshCheck?>> changes, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task SaveLoginsAsync(IReadOnlyCollection<KeyValuePair<long, PendingLogin?>> changes, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task TrimChangesAsync(DateTimeOffset before, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> CheckHealthAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _healthChecks);
        Interlocked.Exchange(ref _nextHealthCheck, NewSignal()).SetResult();
        return Health ?? Task.FromResult(Problem);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
