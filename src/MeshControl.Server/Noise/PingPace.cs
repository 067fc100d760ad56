using MeshControl.Server.Listeners;

namespace MeshControl.Server.Noise;

/// <summary>How soon a client behind a proxy is noticed to be gone: there the kernel probes the proxy, which is always there.</summary>
/// <param name="Silence">How long a client may be silent before it gets an HTTP/2 ping.</param>
/// <param name="Answer">How long it may take to answer.</param>
internal sealed record PingPace(TimeSpan Silence, TimeSpan Answer)
{
    /// <summary>A phone's radio is woken no more often than by keep-alives, and may take its time.</summary>
    public static readonly PingPace Phone = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(15));

    /// <summary>
    /// The web server looks once a second, and so is late three times: for the last sign of life, for the ping, and for the missing answer. And
    /// a little more, since its seconds are longer on a busy machine.
    /// </summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(3.5);

    /// <summary>That of all others: it takes no longer than where the kernel does it.</summary>
    public static PingPace Usual(OfflineBudget budget)
    {
        var time = budget.Notice - Lateness;
        return new PingPace(time * 0.6, time * 0.4);
    }
}
