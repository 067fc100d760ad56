namespace MeshControl.Server.Listeners;

/// <summary>
/// What may pass between the moment in which a node's network is cut and the one in which its peers are told:
/// <code>
/// silence │ probes that nobody answers │ the node may come back │ until somebody looks
/// └───────────── Notice ──────────────┘ └─────── Grace ──────┘ └────── Sweep ───────┘
/// </code>
/// </summary>
/// <param name="Total">From <see cref="Least"/> to <see cref="Longest"/>.</param>
internal sealed record OfflineBudget(TimeSpan Total)
{
    /// <summary>With less, connections end that have lost a packet or two.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(10);

    /// <summary>By then clients themselves have given up a connection on which nothing comes.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static readonly OfflineBudget Default = new(TimeSpan.FromSeconds(20));

    /// <summary>Those whose grace is over are looked for once a second.</summary>
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    /// <summary>By so much more is spent on noticing, sweep included, than on the grace: timers are late.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(4);

    /// <summary>How long a node whose connection has ended is still shown as online.</summary>
    public TimeSpan Grace => (Total - Lead) / 2;

    /// <summary>Within this time the connection has ended.</summary>
    public TimeSpan Notice => Total - Grace - Sweep;

    /// <summary>How long a client may be silent before it is asked, in whole seconds.</summary>
    public int SilenceSeconds => ((int)Notice.TotalSeconds - 1) / 2;
}
