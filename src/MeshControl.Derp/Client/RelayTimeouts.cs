namespace MeshControl.Derp.Client;

/// <summary>How long each step may take; the numbers of the stock client.</summary>
internal static class RelayTimeouts
{
    /// <summary>For one address to answer: a relay that needs longer is none to choose.</summary>
    public static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(1.5);

    /// <summary>From the look-up of the name to the end of the TLS handshake, over all addresses.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
}
