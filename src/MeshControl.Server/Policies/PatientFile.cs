namespace MeshControl.Server.Policies;

/// <summary>
/// Reads a file, and does not wait for ever: the open of a pipe waits for somebody who writes into it, and a file system of the network for
/// its server. What was begun is waited for further by the next call; no second one is begun beside it. Not for several callers at once.
/// </summary>
internal sealed class PatientFile(string path, Func<string, PolicyFileReading> read, TimeProvider time)
{
    /// <summary>Far more than reading a megabyte takes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private Task<PolicyFileReading>? _reading;

    public async Task<PolicyFileReading> ReadAsync(CancellationToken cancellationToken)
    {
        _reading ??= Task.Run(() => read(path), CancellationToken.None);
        try
        {
            return await _reading.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new PolicyFileReading(null, "nothing came out of it in ten seconds; it may be a pipe, or lie in a file system that is away");
        }
        finally
        {
            _reading = _reading.IsCompleted ? null : _reading;
        }
    }
}
