using System.Globalization;
using MeshControl.Core.Diagnostics;
using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.Language;
using MeshControl.Policy.Ssh;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.SshChecks;

/// <summary>
/// Logins by SSH that wait for somebody to approve them, and those that were approved, for as long as that is good.
/// <code>
/// a destination asks ─► the rule that applies now ─┬─► none: rejected
///                                                  ├─► accept, or approved within its checkPeriod: accepted
///                                                  └─► pending ─┬─► approved: written, then those who wait are woken
///                                                               └─► rejected, expired, displaced, obsolete: they are told
/// </code>
/// What is remembered is when somebody approved what; whether that is still good, the rules say each time that somebody asks.
/// </summary>
public sealed class SshCheckService : IDisposable
{
    /// <summary>Checks that wait, of all nodes: many more than people decide.</summary>
    public const int MaxPending = 1024;

    /// <summary>Checks that wait at one destination: it says itself which logins there are.</summary>
    public const int MaxPerDestination = 64;

    /// <summary>Approvals that are remembered: each was somebody's word within a week.</summary>
    public const int MaxApproved = 4096;

    /// <summary>Requests that wait for one check: programs open several connections at once.</summary>
    public const int MaxWaiters = 32;

    /// <summary>Characters of a local user: more than any system allows.</summary>
    public const int MaxUserLength = 256;

    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(1);

    private readonly IMeshStore _store;
    private readonly UnsavedRows<SshCheck> _unsaved;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();

    // Guarded by _gate. Found by a hash, so that the time a search takes tells nothing of the ids there are.
    private readonly Dictionary<SecretHash, OpenRequest<SshCheck, SshCheckEnd>> _open = [];
    private readonly Dictionary<SecretHash, SshCheck> _approved = [];

    // The policy that a tailnet's checks were last compared with, and when.
    private readonly Dictionary<TailnetId, (PolicyFile Policy, DateTimeOffset At)> _pruned = [];
    private long _lastNumber;
    private bool _stopping;

    internal SshCheckService(IMeshStore store, TimeProvider time, ILogger<SshCheckService> logger)
    {
        _store = store;
        _unsaved = new UnsavedRows<SshCheck>(store.SaveSshChecksAsync);
        _time = time;
        _logger = logger;
    }

    /// <summary>Checks that wait, in all tailnets.</summary>
    public int PendingCount
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Requests that wait for a decision.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _open.Values.Sum(open => open.Waiters);
            }
        }
    }

    /// <summary>Those of a tailnet that wait, by number.</summary>
    public IReadOnlyList<SshCheck> PendingOf(TailnetId tailnet)
    {
        lock (_gate)
        {
            return [.. _open.Values.Select(open => open.Request).Where(check => check.Login.Tailnet == tailnet).OrderBy(check => check.Number)];
        }
    }

    /// <summary>Null when there is no such check that waits.</summary>
    /// <param name="authId">An id, or the URL of a page.</param>
    public SshCheck? Find(string authId)
    {
        lock (_gate)
        {
            return TryGet(authId)?.Request;
        }
    }

    /// <summary>Answers a destination that asks whether to let somebody in; waits when it asks again about a check that nobody has decided.</summary>
    /// <param name="tailnet">Of the destination.</param>
    /// <param name="destination">Who asks. That it is who it says has to be proved.</param>
    /// <param name="source">From where somebody logs in.</param>
    /// <param name="user">As whom.</param>
    /// <param name="authId">The check that it was sent to; empty at first.</param>
    /// <param name="cancellationToken">The destination does not wait any more.</param>
    public async Task<SshAnswer> AskAsync(
        Tailnet tailnet, NodeId destination, NodeId source, string user, string authId, CancellationToken cancellationToken)
    {
        var login = new SshLogin(tailnet.Id, source, OwnerOf(tailnet, source), destination, user);
        if (Admission(tailnet, login) is not { } admission)
        {
            return Rejected(NoRule(user));
        }

        if (admission.CheckPeriod is not { } period)
        {
            return new SshAnswer { Accept = admission.Action };
        }

        OpenRequest<SshCheck, SshCheckEnd>? open;
        lock (_gate)
        {
            if (IsApproved(login, period, authId))
            {
                return new SshAnswer { Accept = admission.Action };
            }

            open = TryGet(authId);
            if (open is null || open.Request.Login != login)
            {
                return new SshAnswer { Check = Begin(login, isShared: period > TimeSpan.Zero) };
            }

            if (_stopping || open.Waiters >= MaxWaiters)
            {
                return SshAnswer.NotNow;
            }

            open.Waiters++;
        }

        try
        {
            return await open.Ended.WaitAsync(cancellationToken) switch
            {
                SshCheckEnd.Approved when Admission(tailnet, login) is { } now => new SshAnswer { Accept = now.Action },
                SshCheckEnd.Rejected => Rejected("An administrator rejected this connection."),
                SshCheckEnd.Expired => Rejected(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Nobody approved this connection within {SshCheck.Lifetime.TotalMinutes} minutes; connect again to ask once more.")),
                SshCheckEnd.Displaced => Rejected("Too many connections wait to be approved; try again later."),
                SshCheckEnd.Undecided => SshAnswer.NotNow,
                _ => Rejected(NoRule(user)),
            };
        }
        finally
        {
            lock (_gate)
            {
                open.Waiters--;
            }
        }
    }

    /// <summary>Lets somebody in, and those who log in like that for as long as the rule says. It is durable before anybody is told.</summary>
    /// <param name="authId">An id, or the URL of a page.</param>
    /// <param name="tailnet">Of both nodes.</param>
    /// <param name="identity">Who logged in to say so; null: an administrator.</param>
    public async Task<Result<SshCheck>> ApproveAsync(string authId, Tailnet tailnet, VerifiedIdentity? identity)
    {
        if (!Get(authId, tailnet).TryGetValue(out var open, out var error))
        {
            return error;
        }

        if (identity is { } person && person.User != open.Request.Login.Owner)
        {
            return SshCheckErrors.NotTheirs;
        }

        if (!IsAsked(tailnet, open.Request.Login, out _))
        {
            End(open, SshCheckEnd.Obsolete);
            return SshCheckErrors.Obsolete;
        }

        var approved = open.Request with { ApprovedAt = Clock.Now(_time) };
        try
        {
            // Whoever asked may leave: what is decided has to be told.
            await _unsaved.SaveNowAsync(approved.Number, approved, CancellationToken.None);
        }
        catch (Exception exception)
        {
            Log.SshChecksNotSaved(_logger, 1, exception);
            return SshCheckErrors.NotSaved;
        }

        lock (_gate)
        {
            var hash = SecretHash.Of(approved.Id);
            if (!_open.Remove(hash))
            {
                // Somebody was faster.
                return SshCheckErrors.Unknown;
            }

            if (_approved.Count >= MaxApproved)
            {
                Forget(_approved.Values.MinBy(check => check.ApprovedAt)!);
            }

            _approved.Add(hash, approved);
        }

        open.End(SshCheckEnd.Approved);
        return approved;
    }

    /// <summary>Turns somebody away, who is told so.</summary>
    /// <param name="authId">An id, or the URL of a page.</param>
    /// <param name="tailnet">Of both nodes.</param>
    public Result<SshCheck> Reject(string authId, Tailnet tailnet)
    {
        if (!Get(authId, tailnet).TryGetValue(out var open, out var error))
        {
            return error;
        }

        End(open, SshCheckEnd.Rejected);
        return open.Request;
    }

    public void Dispose() => _unsaved.Dispose();

    /// <summary>Reads what waited and what was approved when the server stopped.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        var stored = await _store.LoadSshChecksAsync(cancellationToken);
        lock (_gate)
        {
            foreach (var check in stored)
            {
                var hash = SecretHash.Of(check.Id);
                if (check.ApprovedAt is null)
                {
                    _open[hash] = new(check);
                }
                else
                {
                    _approved[hash] = check;
                }

                _lastNumber = Math.Max(_lastNumber, check.Number);
            }
        }
    }

    /// <summary>Ends what has expired; now and then, and when the policy is another, also what the rules do not ask for any more.</summary>
    internal void Sweep(IEnumerable<Tailnet> tailnets)
    {
        var now = Clock.Now(_time);
        lock (_gate)
        {
            foreach (var open in _open.Values.Where(open => open.Request.ExpiresAt <= now).ToArray())
            {
                Remove(open, SshCheckEnd.Expired);
            }
        }

        foreach (var tailnet in tailnets)
        {
            if (IsDue(tailnet, now))
            {
                Prune(tailnet, now);
            }
        }
    }

    /// <summary>Lets everybody stop waiting; the checks stay.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            foreach (var open in _open.Values)
            {
                open.End(SshCheckEnd.Undecided);
            }
        }
    }

    /// <inheritdoc cref="UnsavedRows{T}.FlushAsync"/>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (await _unsaved.FlushAsync(cancellationToken) is var (changes, reason))
        {
            Log.SshChecksNotSaved(_logger, changes, reason);
        }
    }

    private static SshAnswer Rejected(string message) => new() { Reject = message };

    private static string NoRule(string user) => $"The policy does not let you log in here as {user}.";

    private static UserId? OwnerOf(Tailnet tailnet, NodeId node) => tailnet.Snapshot.Nodes.TryGet(node, out var entry) ? entry.Node.Owner : null;

    /// <summary>Whether a rule still asks about a login, whose source is still the same one's.</summary>
    private bool IsAsked(Tailnet tailnet, SshLogin login, out TimeSpan period)
    {
        period = Admission(tailnet, login)?.CheckPeriod ?? TimeSpan.MinValue;
        return period >= TimeSpan.Zero && OwnerOf(tailnet, login.Source) == login.Owner;
    }

    /// <summary>What the rules say now; null: no.</summary>
    private SshAdmission? Admission(Tailnet tailnet, SshLogin login)
    {
        var (snapshot, now) = (tailnet.Snapshot, Clock.Now(_time));
        return snapshot.Nodes.TryGet(login.Source, out var source) && !source.Node.IsExpired(now)
            && snapshot.Nodes.TryGet(login.Destination, out var destination) && !destination.Node.IsExpired(now)
                ? snapshot.Access.SshAdmissionOf(source.Index, destination.Index, login.User)
                : null;
    }

    private bool IsDue(Tailnet tailnet, DateTimeOffset now)
    {
        var policy = tailnet.Snapshot.Access.Policy;
        lock (_gate)
        {
            if (_pruned.TryGetValue(tailnet.Id, out var last) && ReferenceEquals(last.Policy, policy) && now - last.At < PruneInterval)
            {
                return false;
            }

            _pruned[tailnet.Id] = (policy, now);
            return true;
        }
    }

    private void Prune(Tailnet tailnet, DateTimeOffset now)
    {
        OpenRequest<SshCheck, SshCheckEnd>[] open;
        SshCheck[] approved;
        lock (_gate)
        {
            open = [.. _open.Values.Where(one => one.Request.Login.Tailnet == tailnet.Id)];
            approved = [.. _approved.Values.Where(check => check.Login.Tailnet == tailnet.Id)];
        }

        // Rules may have thousands of sources; nobody is to wait for the lock meanwhile.
        var obsolete = open.Where(one => !IsAsked(tailnet, one.Request.Login, out _)).ToArray();
        var forgotten = approved
            .Where(check => !IsAsked(tailnet, check.Login, out var period) || (check.ApprovedAt + period <= now && check.ExpiresAt <= now))
            .ToArray();
        lock (_gate)
        {
            foreach (var one in obsolete)
            {
                Remove(one, SshCheckEnd.Obsolete);
            }

            foreach (var check in forgotten)
            {
                Forget(check);
            }
        }
    }

    private Result<OpenRequest<SshCheck, SshCheckEnd>> Get(string authId, Tailnet tailnet)
    {
        lock (_gate)
        {
            return TryGet(authId) is { } open && open.Request.Login.Tailnet == tailnet.Id ? open : SshCheckErrors.Unknown;
        }
    }

    private void End(OpenRequest<SshCheck, SshCheckEnd> open, SshCheckEnd end)
    {
        lock (_gate)
        {
            Remove(open, end);
        }
    }

    // Those below under the lock.
    private OpenRequest<SshCheck, SshCheckEnd>? TryGet(string authId) =>
        AuthId.TryRead(authId, out var id) && _open.TryGetValue(SecretHash.Of(id), out var open) && open.Request.ExpiresAt > Clock.Now(_time)
            ? open
            : null;

    /// <summary>Whether an approval is good for a login: one of the period, or that of the very check that it waited for and missed.</summary>
    private bool IsApproved(SshLogin login, TimeSpan period, string authId)
    {
        var now = Clock.Now(_time);
        return _approved.Values.Any(check => check.Login == login && check.ApprovedAt + period > now)
            || (AuthId.TryRead(authId, out var id)
                && _approved.TryGetValue(SecretHash.Of(id), out var own) && own.Login == login && own.ExpiresAt > now);
    }

    /// <summary>The check that a login is sent to: the one that others like it wait for, where one word is good for all of them.</summary>
    private SshCheck Begin(SshLogin login, bool isShared)
    {
        var now = Clock.Now(_time);
        if (isShared && _open.Values.FirstOrDefault(open => open.Request.Login == login && open.Request.ExpiresAt > now) is { } same)
        {
            return same.Request;
        }

        MakeRoom(login.Destination);
        var check = new SshCheck { Number = ++_lastNumber, Id = AuthId.Generate(), Login = login, CreatedAt = now };
        _open[SecretHash.Of(check.Id)] = new(check);
        _unsaved.Set(check.Number, check);
        return check;
    }

    /// <summary>One more has to fit: the oldest of the destination goes, or of the source that has most.</summary>
    private void MakeRoom(NodeId destination)
    {
        var own = _open.Values.Where(open => open.Request.Login.Destination == destination).ToArray();
        if (own.Length >= MaxPerDestination)
        {
            Remove(own.MinBy(open => open.Request.Number)!, SshCheckEnd.Displaced);
        }
        else if (_open.Count >= MaxPending)
        {
            var largest = _open.Values.GroupBy(open => open.Request.Login.Source).MaxBy(source => source.Count())!;
            Remove(largest.MinBy(open => open.Request.Number)!, SshCheckEnd.Displaced);
        }
    }

    private void Remove(OpenRequest<SshCheck, SshCheckEnd> open, SshCheckEnd end)
    {
        if (_open.Remove(SecretHash.Of(open.Request.Id)))
        {
            _unsaved.Set(open.Request.Number, null);
            open.End(end);
        }
    }

    private void Forget(SshCheck check)
    {
        if (_approved.Remove(SecretHash.Of(check.Id)))
        {
            _unsaved.Set(check.Number, null);
        }
    }
}
