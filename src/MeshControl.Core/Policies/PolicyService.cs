using MeshControl.Core.Diagnostics;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
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
    private readonly ILogger _logger;

    private readonly Lock _gate = new();

    // Guarded by _gate. One text at a time is compiled: that takes a whole core.
    private Task _lastCheck = Task.CompletedTask;

    internal PolicyService(Tailnet tailnet, IMeshStore store, ILogger logger)
    {
        _tailnet = tailnet;
        _store = store;
        _logger = logger;
    }

    /// <summary>Puts a policy in force. One that is in force already makes no new version.</summary>
    /// <param name="text">As its author wrote it.</param>
    /// <param name="by">Who sets it, for people to read.</param>
    /// <param name="cancellationToken">Gives up; the policy may be in force all the same.</param>
    /// <returns>The version in force, or what is wrong with the text and where.</returns>
    public Task<Result<StoredPolicy>> SetAsync(string text, string by, CancellationToken cancellationToken) =>
        FileIsTheTruth is { } refused
            ? Task.FromResult<Result<StoredPolicy>>(refused)
            : PutAsync(text, by, PolicyOrigin.Api, null, cancellationToken);

    /// <summary>Whether <see cref="SetAsync"/> would take a policy; in file mode, whether the file may say this. Nothing is stored.</summary>
    public Task<Result<PolicyCheck>> CheckAsync(string text, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var check = _lastCheck.ContinueWith(_ => Check(text), cancellationToken, TaskContinuationOptions.LazyCancellation, TaskScheduler.Default);
            _lastCheck = check;
            return check;
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
            return CoreError.NotFound("No policy was ever set, so everything is allowed; `meshctl policy set FILE` sets one.");
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
            return refused;
        }

        var read = await GetAsync(version, cancellationToken);
        return read.TryGetValue(out var old, out var error)
            ? await PutAsync(old.Text, by, PolicyOrigin.Api, version, cancellationToken)
            : error;
    }

    private CoreError? FileIsTheTruth => _tailnet.Snapshot.Settings switch
    {
        { PolicyMode: PolicyMode.Database } => null,
        { PolicyPath: { } path } => CoreError.Refused(
            $"The policy is what {path} says (policy.mode: file): change that file, and the server takes it over."),
        _ => CoreError.Refused(
            "The policy comes from a file (policy.mode: file), and none is named; name one in policy.path, or configure policy.mode: database."),
    };

    private async Task<Result<StoredPolicy>> PutAsync(
        string text, string by, PolicyOrigin origin, long? rollbackOf, CancellationToken cancellationToken)
    {
        var check = await CheckAsync(text, cancellationToken);
        return check.TryGetValue(out var good, out var error)
            ? await _tailnet.ExecuteAsync(new PutPolicyCommand(text, good.Access, good.CompiledFor, by, origin, rollbackOf), cancellationToken)
            : error;
    }

    private Result<PolicyCheck> Check(string text)
    {
        var snapshot = _tailnet.Snapshot;
        var read = PolicyBuilder.Read(text, snapshot.Settings);
        return read.TryGetValue(out var file, out var error) ? new PolicyCheck(file, PolicyWorld.Compile(file, snapshot), snapshot) : error;
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
