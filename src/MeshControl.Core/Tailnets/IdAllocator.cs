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
    private readonly Dictionary<IdKind, Block> _blocks = Enum.GetValues<IdKind>().ToDictionary(kind => kind, _ => new Block());

    /// <summary>
    /// Makes sure that as many calls of <see cref="Next"/> by the caller succeed as are asked for of each kind: they are set
    /// aside for it until <see cref="Done"/>.
    /// </summary>
    /// <exception cref="Exception">The store's, when it cannot give more.</exception>
    public async Task EnsureAsync(IReadOnlyDictionary<IdKind, int> counts, CancellationToken cancellationToken)
    {
        if (counts.Count == 0)
        {
            return;
        }

        await _reserving.WaitAsync(cancellationToken);
        try
        {
            foreach (var (kind, count) in counts)
            {
                var block = _blocks[kind];
                if (block.Available - block.SetAside < count)
                {
                    var size = Math.Max(BlockSize, count);
                    block.Add(await store.ReserveIdsAsync(kind, size, cancellationToken), size);
                }
            }

            foreach (var (kind, count) in counts)
            {
                _blocks[kind].SetAsideMore(count);
            }
        }
        finally
        {
            _reserving.Release();
        }
    }

    public long Next(IdKind kind) => _blocks[kind].Take();

    /// <summary>Ends the set-aside of <see cref="EnsureAsync"/>, used or not.</summary>
    public void Done(IReadOnlyDictionary<IdKind, int> counts)
    {
        foreach (var (kind, count) in counts)
        {
            _blocks[kind].SetAsideMore(-count);
        }
    }

    /// <summary>Gives unused ids back at a clean stop.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        foreach (var (kind, block) in _blocks)
        {
            if (block.Rest() is { } rest)
            {
                await store.ReleaseIdsAsync(kind, rest.First, rest.End, cancellationToken);
            }
        }
    }

    public void Dispose() => _reserving.Dispose();

    /// <summary>Unused ranges of ids of one kind; guarded by itself.</summary>
    private sealed class Block
    {
        private readonly Queue<(long First, long End)> _ranges = new();
        private long _next;
        private long _end;

        public int SetAside { get; private set; }

        public long Available
        {
            get
            {
                lock (_ranges)
                {
                    return _end - _next + _ranges.Sum(range => range.End - range.First);
                }
            }
        }

        public void Add(long first, int count)
        {
            lock (_ranges)
            {
                if (first == _end)
                {
                    _end += count;
                }
                else
                {
                    _ranges.Enqueue((first, first + count));
                }
            }
        }

        public void SetAsideMore(int count)
        {
            lock (_ranges)
            {
                SetAside += count;
            }
        }

        public long Take()
        {
            lock (_ranges)
            {
                if (_next == _end)
                {
                    (_next, _end) = _ranges.Dequeue();
                }

                return _next++;
            }
        }

        public (long First, long End)? Rest()
        {
            lock (_ranges)
            {
                return _next < _end && _ranges.Count == 0 ? (_next, _end) : null;
            }
        }
    }
}
