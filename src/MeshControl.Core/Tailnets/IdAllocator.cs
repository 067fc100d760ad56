using MeshControl.Core.Storage;

namespace MeshControl.Core.Tailnets;

/// <summary>
/// Gives out ids that are unique on the server. Takes them from the database in blocks, so that most commands cost no extra
/// transaction; what a crash leaves of a block is lost, never reused. Shared by all writers.
/// </summary>
internal sealed class IdAllocator(IMeshStore store) : IDisposable
{
    /// <summary>Ids taken at a time: one transaction in 64 joins, and a small jump after a crash.</summary>
    private const int BlockSize = 64;

    private readonly SemaphoreSlim _reserving = new(1, 1);
    private readonly Lock _gate = new();

    // Guarded by _gate, all of them together: what is available and what is set aside must be seen at one moment.
    private readonly Dictionary<IdKind, Stock> _stocks = Enum.GetValues<IdKind>().ToDictionary(kind => kind, _ => new Stock());

    /// <summary>
    /// Makes sure that as many calls of <see cref="Next"/> by the caller succeed as are asked for of each kind: they are set
    /// aside for it until <see cref="Done"/>.
    /// </summary>
    /// <exception cref="Exception">The store's, when it cannot give more.</exception>
    public async Task EnsureAsync(IReadOnlyDictionary<IdKind, int> counts, CancellationToken cancellationToken)
    {
        if (TrySetAside(counts))
        {
            return;
        }

        await _reserving.WaitAsync(cancellationToken);
        try
        {
            while (!TrySetAside(counts))
            {
                foreach (var (kind, count) in counts)
                {
                    var missing = Missing(kind, count);
                    if (missing > 0)
                    {
                        var size = Math.Max(BlockSize, missing);
                        Add(kind, await store.ReserveIdsAsync(kind, size, cancellationToken), size);
                    }
                }
            }
        }
        finally
        {
            _reserving.Release();
        }
    }

    /// <summary>As <see cref="EnsureAsync"/>, from what is at hand; false, and nothing set aside, when that is too little.</summary>
    public bool TrySetAside(IReadOnlyDictionary<IdKind, int> counts)
    {
        lock (_gate)
        {
            if (counts.Any(count => _stocks[count.Key].Free < count.Value))
            {
                return false;
            }

            foreach (var (kind, count) in counts)
            {
                _stocks[kind].SetAside += count;
            }

            return true;
        }
    }

    public long Next(IdKind kind)
    {
        lock (_gate)
        {
            return _stocks[kind].Take();
        }
    }

    /// <summary>Ends the set-aside of <see cref="EnsureAsync"/>, used or not.</summary>
    public void Done(IReadOnlyDictionary<IdKind, int> counts)
    {
        lock (_gate)
        {
            foreach (var (kind, count) in counts)
            {
                _stocks[kind].SetAside -= count;
            }
        }
    }

    /// <summary>Gives unused ids back at a clean stop.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        foreach (var (kind, stock) in _stocks)
        {
            if (LastOf(stock) is { } rest)
            {
                await store.ReleaseIdsAsync(kind, rest.First, rest.End, cancellationToken);
            }
        }
    }

    public void Dispose() => _reserving.Dispose();

    private int Missing(IdKind kind, int count)
    {
        lock (_gate)
        {
            return (int)Math.Max(0, count - _stocks[kind].Free);
        }
    }

    private void Add(IdKind kind, long first, int count)
    {
        lock (_gate)
        {
            _stocks[kind].Add(first, count);
        }
    }

    private (long First, long End)? LastOf(Stock stock)
    {
        lock (_gate)
        {
            return stock.Last;
        }
    }

    /// <summary>Unused ids of one kind.</summary>
    private sealed class Stock
    {
        /// <summary>In the order in which they were reserved, which is rising; none is empty.</summary>
        private readonly List<(long First, long End)> _ranges = [];

        public int SetAside { get; set; }

        /// <summary>Those that nobody has set aside; negative when somebody took more than was.</summary>
        public long Free => _ranges.Sum(range => range.End - range.First) - SetAside;

        /// <summary>What is left of the last reservation.</summary>
        public (long First, long End)? Last => _ranges.Count == 0 ? null : _ranges[^1];

        public void Add(long first, int count)
        {
            if (_ranges.Count > 0 && _ranges[^1].End == first)
            {
                _ranges[^1] = (_ranges[^1].First, first + count);
            }
            else
            {
                _ranges.Add((first, first + count));
            }
        }

        public long Take()
        {
            var (first, end) = _ranges[0];
            if (first + 1 == end)
            {
                _ranges.RemoveAt(0);
            }
            else
            {
                _ranges[0] = (first + 1, end);
            }

            return first;
        }
    }
}
