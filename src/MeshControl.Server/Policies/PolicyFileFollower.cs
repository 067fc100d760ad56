using MeshControl.Core;
using MeshControl.Core.Policies;
using MeshControl.Server.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Policies;

/// <summary>
/// Brings what a file says into force, at the start, when it changes, and when the operator says so.
/// <code>
/// look ─► the same as judged? ─ no ─► the same as at the last look? ─ yes ─► judge ─► into force, or one line in the log
/// </code>
/// A text counts once it was there at two looks: writing a file takes a moment, and what is there meanwhile is nobody's will.
/// </summary>
/// <param name="path">Absolute.</param>
/// <param name="read">Reads what lies there.</param>
/// <param name="policies">Takes it.</param>
/// <param name="time">Measures how long reading takes.</param>
/// <param name="logger">Is told what came of it.</param>
internal sealed class PolicyFileFollower(
    string path, Func<string, PolicyFileReading> read, PolicyService policies, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly PatientFile _file = new(path, read, time);

    // One at a time: the clock and the operator may ask at once. Guards what follows.
    private readonly SemaphoreSlim _gate = new(1);
    private PolicyFileReading? _seen;
    private PolicyFileReading? _judged;
    private bool _isUnusable;

    /// <summary>Takes over the file, or goes on with the last policy that was accepted.</summary>
    /// <exception cref="StartupException">The file cannot be used, and there is no policy to go on with.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _judged = await _file.ReadAsync(cancellationToken);
            var taken = await TakeOverAsync(_judged, atStart: true, cancellationToken);
            if (taken.Error is not { } error)
            {
                return;
            }

            if (policies.Current is not { } last || policies.Problem is not null)
            {
                throw new StartupException(
                    $"The policy file {path} (policy.path) cannot be used, and there is no earlier policy to go on with: "
                    + $"{PolicyFaults.Describe(error)}. Correct it; `meshctl configtest` checks it.");
            }

            // What the database could not take now, it may take later.
            _isUnusable = true;
            _judged = error.Kind == CoreErrorKind.Unavailable ? null : _judged;
            Log.PolicyFileUnusableAtStart(logger, path, PolicyFaults.Describe(error), last.Version, last.AcceptedAt);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Looks whether the file says something else.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var reading = await _file.ReadAsync(cancellationToken);
            var isSettled = reading == _seen;
            _seen = reading;
            if (isSettled && reading != _judged)
            {
                await JudgeAsync(reading, cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes over what the file says at once, and says again what is wrong with it.</summary>
    /// <returns>False when it could not be used.</returns>
    public async Task<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _isUnusable = false;
            await JudgeAsync(await _file.ReadAsync(cancellationToken), cancellationToken);
            return !_isUnusable;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task JudgeAsync(PolicyFileReading reading, CancellationToken cancellationToken)
    {
        var before = policies.Current?.Version;

        // First, so that a fault of ours is one line in the log and not one with every look.
        _judged = reading;
        var taken = await TakeOverAsync(reading, atStart: false, cancellationToken);
        if (taken.TryGetValue(out var policy, out var error))
        {
            if (_isUnusable && policy.Version == before)
            {
                Log.PolicyFileUsable(logger, path, policy.Version);
            }

            _isUnusable = false;
            return;
        }

        // The database is away: the next look tries again, and one line about it is enough.
        var isTransient = error.Kind == CoreErrorKind.Unavailable;
        _judged = isTransient ? null : reading;
        if (!isTransient || !_isUnusable)
        {
            Log.PolicyFileUnusable(logger, path, PolicyFaults.Describe(error));
        }

        _isUnusable = true;
    }

    private async Task<Result<StoredPolicy>> TakeOverAsync(PolicyFileReading reading, bool atStart, CancellationToken cancellationToken) =>
        reading.Text is { } text
            ? await policies.TakeOverFileAsync(text, path, atStart, cancellationToken)
            : policies.RefuseFile(reading.Failure!);
}
