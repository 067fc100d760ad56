using System.Collections.Concurrent;
using System.Diagnostics;

namespace MeshControl.LoadTest.Crowds;

/// <summary>Something that certain nodes are to hear of, and when each of them did. All members may be used concurrently.</summary>
public sealed class Watch
{
    private readonly ConcurrentDictionary<int, long?> _seen;
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _missing;

    /// <param name="viewers">Who is to hear of it. The time runs from now.</param>
    public Watch(IEnumerable<CrowdNode> viewers)
    {
        _seen = new(viewers.Select(node => KeyValuePair.Create(node.Number, (long?)null)));
        _missing = _seen.Count;
        if (_missing == 0)
        {
            _all.SetResult();
        }
    }

    public int Viewers => _seen.Count;

    public int Missing => Volatile.Read(ref _missing);

    /// <summary>All have heard of it.</summary>
    public Task All => _all.Task;

    /// <summary>How long it took for each that has heard of it.</summary>
    public IEnumerable<TimeSpan> Times => _seen.Values.OfType<long>().Select(at => Stopwatch.GetElapsedTime(_began, at));

    /// <summary>A node has heard of it. Only the first time counts.</summary>
    public void Report(int node, long at)
    {
        if (_seen.TryGetValue(node, out var before) && before is null && _seen.TryUpdate(node, at, null)
            && Interlocked.Decrement(ref _missing) == 0)
        {
            _all.TrySetResult();
        }
    }
}
