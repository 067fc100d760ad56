using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Storage;

namespace MeshControl.Core.Tests.Support;

/// <summary>
/// A database in memory: fences by sequence, enforces unique and foreign keys, keeps every batch, and fails when told to.
/// Where Core breaks a rule of the port, <see cref="Breaches"/> says so.
/// </summary>
internal sealed class FakeStore : IMeshStore
{
    private readonly Lock _gate = new();

    // All guarded by _gate.
    private readonly Dictionary<TailnetId, FakeTailnet> _tailnets = [];
    private readonly Dictionary<NodeId, NodePresence> _presence = [];
    private readonly Dictionary<long, PendingLogin> _logins = [];
    private readonly Dictionary<long, SshCheck> _sshChecks = [];
    private readonly Dictionary<IdKind, long> _nextIds = [];
    private readonly Queue<CommitScript> _scripts = new();
    private readonly List<CommitBatch> _batches = [];
    private readonly List<(TailnetId Tailnet, long Sequence)> _committed = [];
    private readonly List<string> _breaches = [];
    private readonly List<IReadOnlyList<KeyValuePair<NodeId, NodePresence>>> _presenceSaves = [];
    private TaskCompletionSource _presenceSaved = NewSignal();
    private CommitGate? _commitGate;
    private int _loadsToFail;
    private int _presenceSavesToFail;
    private int _reservationsToFail;
    private int _loginSavesToFail;
    private int _sshCheckSavesToFail;

    /// <summary>Every batch that was offered, whatever became of it.</summary>
    public IReadOnlyList<CommitBatch> Batches => Locked(() => _batches.ToArray());

    /// <summary>The sequences that were reached, in order.</summary>
    public IReadOnlyList<(TailnetId Tailnet, long Sequence)> Committed => Locked(() => _committed.ToArray());

    public IReadOnlyList<string> Breaches => Locked(() => _breaches.ToArray());

    public IReadOnlyList<IReadOnlyList<KeyValuePair<NodeId, NodePresence>>> PresenceSaves => Locked(() => _presenceSaves.ToArray());

    /// <summary>Done at the next write of presence, tried or done.</summary>
    public Task PresenceSaved => Locked(() => _presenceSaved.Task);

    /// <summary>Runs inside each write of presence, before it ends.</summary>
    public Func<CancellationToken, Task>? OnSavePresence { get; set; }

    /// <summary>Reservations of ids so far: one transaction each.</summary>
    public int Reservations { get; private set; }

    /// <summary>Attempts to read one tailnet again.</summary>
    public int Reloads { get; private set; }

    /// <summary>Rows of the only tailnet.</summary>
    public FakeTailnet Rows => Locked(() => _tailnets.Values.Single());

    /// <summary>The pending logins that were written.</summary>
    public IReadOnlyList<PendingLogin> Logins => Locked(() => _logins.Values.ToArray());

    public IReadOnlyList<SshCheck> SshChecks => Locked(() => _sshChecks.Values.ToArray());

    public NodePresence? PresenceOf(NodeId node) => Locked(() => _presence.GetValueOrDefault(node));

    public long NextId(IdKind kind) => Locked(() => _nextIds.GetValueOrDefault(kind, 1));

    /// <summary>Scripts the next commit that no earlier call has scripted.</summary>
    public void FailNextCommit(CommitOutcome outcome, bool written = false) =>
        Locked(() => _scripts.Enqueue(new CommitScript(outcome, written)));

    public void ThrowInNextCommit(Exception exception, bool written = false) =>
        Locked(() => _scripts.Enqueue(new CommitScript(CommitOutcome.Unknown, written, exception)));

    public void FailNextLoads(int count) => Locked(() => _loadsToFail = count);

    public void FailNextPresenceSaves(int count) => Locked(() => _presenceSavesToFail = count);

    public void FailNextLoginSaves(int count) => Locked(() => _loginSavesToFail = count);

    public void FailNextSshCheckSaves(int count) => Locked(() => _sshCheckSavesToFail = count);

    public void FailNextReservations(int count) => Locked(() => _reservationsToFail = count);

    /// <summary>The next commit waits until the gate is released.</summary>
    public CommitGate HoldNextCommit() => Locked(() => _commitGate = new CommitGate());

    /// <summary>Puts a tailnet there as if it had been for long.</summary>
    public void Seed(StoredTailnet stored)
    {
        lock (_gate)
        {
            _tailnets[stored.Id] = FakeTailnet.From(stored);
            foreach (var (id, presence) in stored.Presence)
            {
                _presence[id] = presence;
            }

            Raise(IdKind.User, stored.Users.Select(user => user.Id.Value));
            Raise(IdKind.Node, stored.Nodes.Select(node => node.Id.Value));
            Raise(IdKind.PreAuthKey, stored.PreAuthKeys.Select(key => key.Id.Value));
            Raise(IdKind.ApiKey, stored.ApiKeys.Select(key => key.Id.Value));
        }

        void Raise(IdKind kind, IEnumerable<long> ids) =>
            _nextIds[kind] = Math.Max(_nextIds.GetValueOrDefault(kind, 1), ids.DefaultIfEmpty(0).Max() + 1);
    }

    /// <summary>Another server writes the only tailnet: any change, and the next sequence.</summary>
    public void WriteAsAnotherServer(Func<FakeTailnet, FakeTailnet> change)
    {
        lock (_gate)
        {
            var rows = _tailnets.Values.Single();
            _tailnets[rows.Id] = change(rows) with { Sequence = rows.Sequence + 1 };
        }
    }

    public Task<IReadOnlyList<StoredTailnet>> LoadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredTailnet>>(Locked(() => _tailnets.Values.Select(rows => rows.ToStored(_presence)).ToArray()));

    public Task<StoredTailnet?> LoadTailnetAsync(TailnetId tailnet, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            Reloads++;
            if (_loadsToFail > 0)
            {
                _loadsToFail--;
                throw new InvalidOperationException("The database is away.");
            }

            return Task.FromResult(_tailnets.GetValueOrDefault(tailnet)?.ToStored(_presence));
        }
    }

    public Task<StoredTailnet> CreateTailnetAsync(string name, DateTimeOffset at, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var rows = new FakeTailnet(new TailnetId(_tailnets.Count + 1), name, 0);
            _tailnets.Add(rows.Id, rows);
            return Task.FromResult(rows.ToStored(_presence));
        }
    }

    public async Task<CommitOutcome> CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        CommitGate? gate;
        CommitScript script;
        lock (_gate)
        {
            _batches.Add(batch);
            (gate, _commitGate) = (_commitGate, null);
        }

        await (gate?.PassAsync() ?? Task.CompletedTask);
        lock (_gate)
        {
            script = _scripts.TryDequeue(out var next) ? next : new CommitScript(CommitOutcome.Committed, Written: true);
            var outcome = script.Written ? Write(batch) : script.Outcome;
            if (script.Exception is { } exception)
            {
                throw exception;
            }

            return outcome == CommitOutcome.Committed ? script.Outcome : outcome;
        }
    }

    public Task<long> ReserveIdsAsync(IdKind kind, int count, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_reservationsToFail > 0)
            {
                _reservationsToFail--;
                throw new InvalidOperationException("The database is away.");
            }

            Reservations++;
            var first = _nextIds.GetValueOrDefault(kind, 1);
            _nextIds[kind] = first + count;
            return Task.FromResult(first);
        }
    }

    public Task ReleaseIdsAsync(IdKind kind, long firstUnused, long reservedEnd, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_nextIds.GetValueOrDefault(kind, 1) == reservedEnd)
            {
                _nextIds[kind] = firstUnused;
            }
        }

        return Task.CompletedTask;
    }

    public async Task SavePresenceAsync(
        IReadOnlyCollection<KeyValuePair<NodeId, NodePresence>> presence, CancellationToken cancellationToken)
    {
        try
        {
            await (OnSavePresence?.Invoke(cancellationToken) ?? Task.CompletedTask);
            lock (_gate)
            {
                if (_presenceSavesToFail > 0)
                {
                    _presenceSavesToFail--;
                    throw new InvalidOperationException("The database is away.");
                }

                _presenceSaves.Add([.. presence]);
                foreach (var (id, state) in presence.Where(row => _tailnets.Values.Any(rows => rows.Nodes.ContainsKey(row.Key))))
                {
                    _presence[id] = state with { Online = false };
                }
            }
        }
        finally
        {
            Locked(() => Interlocked.Exchange(ref _presenceSaved, NewSignal())).TrySetResult();
        }
    }

    public Task<IReadOnlyList<PolicyVersion>> ReadPolicyHistoryAsync(TailnetId tailnet, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PolicyVersion>>(Locked(() => _tailnets[tailnet].Policies
            .Reverse()
            .Take(limit)
            .Select(policy => new PolicyVersion(policy.Version, policy.AcceptedAt, policy.AcceptedBy, policy.Origin, policy.RollbackOf, policy.Length))
            .ToArray()));

    public Task<StoredPolicy?> ReadPolicyAsync(TailnetId tailnet, long version, CancellationToken cancellationToken) =>
        Task.FromResult(Locked(() => _tailnets[tailnet].Policies.FirstOrDefault(policy => policy.Version == version)));

    public Task<IReadOnlyList<PendingLogin>> LoadLoginsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PendingLogin>>(Locked(() => _logins.Values.ToArray()));

    public Task SaveLoginsAsync(IReadOnlyCollection<KeyValuePair<long, PendingLogin?>> changes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_loginSavesToFail > 0)
            {
                _loginSavesToFail--;
                throw new InvalidOperationException("The database is away.");
            }

            foreach (var (number, login) in changes)
            {
                _logins.Remove(number);
                if (login is not null)
                {
                    _logins.Add(number, login);
                }
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<SshCheck>> LoadSshChecksAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SshCheck>>(Locked(() => _sshChecks.Values.ToArray()));

    public Task SaveSshChecksAsync(IReadOnlyCollection<KeyValuePair<long, SshCheck?>> changes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_sshCheckSavesToFail > 0)
            {
                _sshCheckSavesToFail--;
                throw new InvalidOperationException("The database is away.");
            }

            foreach (var (number, check) in changes)
            {
                _sshChecks.Remove(number);
                if (check is not null)
                {
                    _sshChecks.Add(number, check);
                }
            }
        }

        return Task.CompletedTask;
    }

    public Task TrimChangesAsync(DateTimeOffset before, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> CheckHealthAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CommitOutcome Write(CommitBatch batch)
    {
        var rows = _tailnets[batch.Tailnet];
        if (rows.Sequence != batch.ExpectedSequence)
        {
            return CommitOutcome.Fenced;
        }

        var after = rows.With(batch, _breaches.Add);
        if (!after.IsConsistent(_tailnets.Values.Where(other => other.Id != batch.Tailnet)))
        {
            return CommitOutcome.ConstraintViolated;
        }

        _tailnets[batch.Tailnet] = after;
        _committed.Add((batch.Tailnet, batch.NewSequence));
        foreach (var (id, presence) in batch.Presence)
        {
            _presence[id] = presence with { Online = false };
        }

        return CommitOutcome.Committed;
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    private void Locked(Action write)
    {
        lock (_gate)
        {
            write();
        }
    }
}
