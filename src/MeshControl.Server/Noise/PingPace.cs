namespace MeshControl.Server.Noise;

/// <summary>How soon a client behind a proxy is noticed to be gone: there the kernel probes the proxy, which is always there.</summary>
/// <param name="Silence">How long a client may be silent before it gets an HTTP/2 ping.</param>
/// <param name="Answer">How long it may take to answer.</param>
internal sealed record PingPace(TimeSpan Silence, TimeSpan Answer)
{
    /// <summary>
    /// With the second or two by which the web server is late, the offline grace and the sweep it stays below twenty seconds, as where
    /// the kernel does it.
    /// </summary>
    public static readonly PingPace Usual = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(4));

    /// <summary>A phone's radio is woken no more often than by keep-alives, and may take its time.</summary>
    public static readonly PingPace Phone = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(15));
}
