namespace MeshControl.Derp.Client;

/// <summary>How long each step may take; the numbers of the stock client.</summary>
internal static class RelayTimeouts
{
    /// <summary>For one address to answer: a relay that needs longer is none to choose.</summary>
    public static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(1.5);

    /// <summary>From the look-up of the name to the end of the TLS handshake, over all addresses.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For upgrade and login, as long as a relay gives its clients.</summary>
    public static readonly TimeSpan LoginTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A relay sends something every 65 seconds at least, so twice that without a frame is the end of it.</summary>
    public static readonly TimeSpan ReceiveTimeout = TimeSpan.FromSeconds(120);

    /// <summary>For one write of a relay to another one; slow links between relays carry much, so more than for clients.</summary>
    public static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(30);
}
