namespace MeshControl.Core.Maps;

/// <summary>
/// Whether nodes that lost their streams together are coming back just now. They come at the pace that the server sustains, which may take
/// longer than the grace of one node: to tell everybody meanwhile that those who still wait are offline, and a moment later that they are not,
/// would make the storm many times larger. Guarded by the lock of <see cref="MapSessions"/>.
/// </summary>
internal sealed class ReconnectStorm
{
    /// <summary>So many have to be away; fewer are no storm, and cost little.</summary>
    public const int MinAway = 64;

    /// <summary>So many have to have come back within <see cref="Window"/>: those who come by themselves, one now and then, are no storm.</summary>
    public const int MinReturns = 16;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    /// <summary>Whoever has not come back by then is offline, storm or not.</summary>
    public static readonly TimeSpan LongestGrace = TimeSpan.FromSeconds(60);

    // The last ones only.
    private readonly DateTimeOffset[] _returns = new DateTimeOffset[MinReturns];
    private int _next;

    /// <summary>A node opened a stream within its grace.</summary>
    public void CameBack(DateTimeOffset now)
    {
        _returns[_next] = now;
        _next = (_next + 1) % MinReturns;
    }

    /// <param name="now">The time.</param>
    /// <param name="away">Nodes that have lost their stream and whose grace has not ended.</param>
    public bool IsOn(DateTimeOffset now, int away) => away >= MinAway && now - _returns[_next] <= Window;
}
