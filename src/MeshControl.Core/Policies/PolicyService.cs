using MeshControl.Core.Diagnostics;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.Testing;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Policies;

/// <summary>
/// The policies of a tailnet: checks and puts them in force, and tells of those that were.
/// <code>
/// text ─► read ─► compile (beside the writer) ─► tests ─► command ─► commit ─► snapshot with the new policy
/// </code>
/// </summary>
public sealed class PolicyService
{
    private readonly Tailnet _tailnet;
    private readonly IMeshStore _store;
    private readonly PolicyMetrics _metrics;
    private readonly ILogger _logger;

    private readonly Lock _gate = new();

    // Guarded by _gate. One text at a time is compiled: that takes a whole core.
    private Task _lastCheck = Task.CompletedTask;

    private volatile bool _isFileRefused;

    internal PolicyService(Tailnet tailnet, IMeshStore store, PolicyMetrics metrics, ILogger logger)
    {
        _tailnet = tailnet;
        _store = store;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>The policy in force; null when none was ever set.</summary>
    public StoredPolicy? Current => _tailnet.Snapshot.Policy;

    /// <summary>Why the policy in force cannot be read any more, so that nothing is allowed; null while it can.</summary>
    public CoreError? Problem => _tailnet.Snapshot.PolicyProblem;

    /// <summary>Whether the file was refused when it was looked at last, so that an earlier policy is in force.</summary>
    internal bool IsFileRefused => _isFileRefused;

    private CoreError? FileIsTheTruth => _tailnet.Snapshot.Settings switch
    {
        { PolicyMode: PolicyMode.Database } => null,
        { PolicyPath: { } path } => CoreError.Refused(
            $"The policy is what {path} says (policy.mode: file): change that file, and the server takes it over."),
        _ => CoreError.Refused(
            "The policy comes from a file (policy.mode: file), and none is named; name one in policy.path, or configure policy.mode: database."),
    };

    /// <summary>Puts a policy in force. One that is in force already makes no new version.</summary>
    /// <param name="text">As its author wrote it.</param>
    /// <param name="by">Who sets it, for people to read.</param>
    /// <param name="cancellationToken">Gives up; the policy may be in force all the same.</param>
    /// <returns>The version in force, or what is wrong with the text and where.</returns>
    public Task<Result<StoredPolicy>> SetAsync(string text, string by, CancellationToken cancellationToken) =>
        FileIsTheTruth is { } refused
            ? Task.FromResult(Refuse(refused, PolicyOrigin.Api))
            : PutAsync(text, by, PolicyOrigin.Api, null, needsTests: true, cancellationToken);

    /// <summary>Whether <see cref="SetAsync"/> would take a policy; in file mode, whether the file may say this. Nothing is stored.</summary>
    public Task<Result<PolicyCheck>> CheckAsync(string text, CancellationToken cancellationToken) =>
        CheckAsync(text, needsTests: true, cancellationToken);

    /// <summary>Brings into force what the file of the configuration says, which nobody else may do in file mode.</summary>
    /// <param name="text">All of the file.</param>
    /// <param name="path">Its name, for people to read.</param>
    /// <param name="atStart">
    /// Its tests need not hold: a user who was deleted meanwhile must not keep the server down. <see cref="WarnOfFailedTestsAsync"/> tells
    /// of them.
    /// </param>
    /// <param name="cancellationToken">Gives up; the policy may be in force all the same.</param>
    /// <returns>The version in force, which is the one before if the text is the same.</returns>
    public async Task<Result<StoredPolicy>> TakeOverFileAsync(string text, string path, bool atStart, CancellationToken cancellationToken)
    {
        var taken = Current is { } current && current.Text == text && Problem is null
            ? current
            : await PutAsync(text, path, PolicyOrigin.File, null, needsTests: !atStart, cancellationToken);
        _isFileRefused = taken.Error is not null;
        return taken;
    }

    /// <summary>Takes note that the file of the configuration cannot be read; what is in force stays so.</summary>
    /// <param name="failure">Why, for people to read.</param>
    /// <returns>The same.</returns>
    public Result<StoredPolicy> RefuseFile(string failure)
    {
        _isFileRefused = true;
        return Refuse(CoreError.Invalid(failure), PolicyOrigin.File);
    }

    /// <summary>Says in the log if the policy in force fails its own tests; it stays in force.</summary>
    public async Task WarnOfFailedTestsAsync(CancellationToken cancellationToken)
    {
        var snapshot = _tailnet.Snapshot;
        if (snapshot.Policy is { } policy
            && await Task.Run(() => PolicyTests.FirstFailure(snapshot.Access), cancellationToken) is { } failure)
        {
            Log.PolicyTestsFail(_logger, policy.Version, PolicyFaults.Describe(failure));
        }
    }

    /// <summary>The versions that are kept, the latest first.</summary>
    /// <param name="limit">How many at most; more than are kept is as many as are kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Result<IReadOnlyList<PolicyVersion>>> HistoryAsync(int limit, CancellationToken cancellationToken) => ReadAsync(
        () => _store.ReadPolicyHistoryAsync(_tailnet.Id, Math.Clamp(limit, 0, PolicyLimits.MaxVersions), cancellationToken));

    /// <summary>One version with its text.</summary>
    /// <param name="version">Null: the one in force.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result<StoredPolicy>> GetAsync(long? version, CancellationToken cancellationToken)
    {
        if (_tailnet.Snapshot.Policy is not { } current)
        {
            return CoreError.NotFound("No policy was ever set, so everything is allowed; `meshctl policy set -f FILE` sets one.");
        }

        if (version is not { } wanted || wanted == current.Version)
        {
            return current;
        }

        var read = await ReadAsync(() => _store.ReadPolicyAsync(_tailnet.Id, wanted, cancellationToken));
        if (!read.TryGetValue(out var found, out var error))
        {
            return error;
        }

        return found is null
            ? CoreError.NotFound(
                $"There is no version {wanted} of the policy; the latest is {current.Version}, and `meshctl policy history` shows those that are kept.")
            : found;
    }

    /// <summary>Puts an earlier version in force again, as a new one, if it would be accepted today.</summary>
    public async Task<Result<StoredPolicy>> RollbackAsync(long version, string by, CancellationToken cancellationToken)
    {
        if (FileIsTheTruth is { } refused)
        {
            return Refuse(refused, PolicyOrigin.Api);
        }

        var read = await GetAsync(version, cancellationToken);
        return read.TryGetValue(out var old, out var error)
            ? await PutAsync(old.Text, by, PolicyOrigin.Api, version, needsTests: true, cancellationToken)
            : error;
    }

    private async Task<Result<StoredPolicy>> PutAsync(
        string text, string by, PolicyOrigin origin, long? rollbackOf, bool needsTests, CancellationToken cancellationToken)
    {
        var check = await CheckAsync(text, needsTests, cancellationToken);
        if (!check.TryGetValue(out var good, out var error))
        {
            return Refuse(error, origin);
        }

        var command = new PutPolicyCommand(text, good.Access, good.CompiledFor, by, origin, rollbackOf);
        var put = await _tailnet.ExecuteAsync(command, cancellationToken);
        if (!put.TryGetValue(out var policy, out error))
        {
            return Refuse(error, origin);
        }

        var isNew = policy.Version != good.CompiledFor.Policy?.Version;
        _metrics.Put(origin, isNew);
        if (isNew)
        {
            Log.PolicyInForce(_logger, policy.Version, policy.AcceptedBy);
        }

        return put;
    }

    private Result<StoredPolicy> Refuse(CoreError error, PolicyOrigin origin)
    {
        _metrics.Refused(origin, error.Kind);
        return error;
    }

    private Task<Result<PolicyCheck>> CheckAsync(string text, bool needsTests, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var check = _lastCheck.ContinueWith(
                _ => Check(text, needsTests), cancellationToken, TaskContinuationOptions.LazyCancellation, TaskScheduler.Default);
            _lastCheck = check;
            return check;
        }
    }

    private Result<PolicyCheck> Check(string text, bool needsTests)
    {
        var started = _metrics.StartCompile();
        var result = Compile(text, needsTests);
        _metrics.EndCompile(started, result.Error is null);
        return result;
    }

    private Result<PolicyCheck> Compile(string text, bool needsTests)
    {
        var snapshot = _tailnet.Snapshot;
        var read = PolicyBuilder.Read(text, snapshot.Settings);
        if (!read.TryGetValue(out var file, out var error))
        {
            return error;
        }

        var access = PolicyWorld.Compile(file, snapshot);
        return needsTests && PolicyTests.FirstFailure(access) is { } failure
            ? CoreError.Of(failure)
            : new PolicyCheck(file, access, snapshot);
    }

    private async Task<Result<T>> ReadAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.PoliciesUnreadable(_logger, exception);
            return CoreError.Unavailable("The database could not be read; try again.");
        }
    }
}
