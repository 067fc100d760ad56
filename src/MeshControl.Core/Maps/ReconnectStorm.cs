namespace MeshControl.Core.Maps;

/// <summary>
/// Whether nodes that lost their streams together are coming back just now. They come at the pace that the server sustains, which may take
/// longer than the grace of one node: to tell everybody meanwhile that those who still wait are offline, and a moment later that they are not,
/// would make the storm many times larger. Only they are waited for, and only their returns count: who comes and goes by itself neither begins
/// a storm nor prolongs one. Guarded by the lock of <see cref="MapSessions"/>.
/// </summary>
internal sealed class ReconnectStorm
{
    /// <summary>So many have to lose their streams within <see cref="Window"/>; fewer are no storm, and cost little.</summary>
    public const int MinLost = 64;

    /// <summary>So many of them have to have come back within <see cref="Window"/>, or the others are not waiting for the server.</summary>
    public const int MinReturns = 16;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    /// <summary>Whoever has not come back by then is offline, storm or not.</summary>
    public static readonly TimeSpan LongestGrace = TimeSpan.FromSeconds(60);

    // The last ones only.
    private readonly DateTimeOffset[] _losses = new DateTimeOffset[MinLost];
    private readonly DateTimeOffset[] _returns = new DateTimeOffset[MinReturns];
    private int _nextLoss;
    private int _nextReturn;

    // When those of the storm lost their streams.
    private DateTimeOffset _from = DateTimeOffset.MaxValue;
    private DateTimeOffset _to = DateTimeOffset.MinValue;

    /// <summary>A node lost its stream.</summary>
    public void Lost(DateTimeOffset now)
    {
        _losses[_nextLoss] = now;
        _nextLoss = (_nextLoss + 1) % MinLost;
        var first = _losses[_nextLoss];
        if (now - first > Window)
        {
            return;
        }

        // A network goes in waves; those of the first one may still be waiting.
        _from = _from < first && first - _to < LongestGrace ? _from : first;
        _to = now;
    }

    /// <summary>A node opened a stream within its grace.</summary>
    /// <param name="lost">When it lost the one before.</param>
    /// <param name="now">The time.</param>
    public void CameBack(DateTimeOffset lost, DateTimeOffset now)
    {
        if (IsOfStorm(lost))
        {
            _returns[_nextReturn] = now;
            _nextReturn = (_nextReturn + 1) % MinReturns;
        }
    }

    /// <summary>Whether a node that lost its stream may be waiting for the server, while others of its storm come back.</summary>
    /// <param name="lost">When it lost it.</param>
    /// <param name="now">The time.</param>
    public bool MayBeWaiting(DateTimeOffset lost, DateTimeOffset now) =>
        IsOfStorm(lost) && now - lost < LongestGrace && now - _returns[_nextReturn] <= Window;

    private bool IsOfStorm(DateTimeOffset lost) => _from <= lost && lost <= _to;
}
