namespace MeshControl.Protocol.Control;

/// <summary>Names in <see cref="Service.Proto"/> that are no transport protocol.</summary>
public static class ServiceProtocols
{
    public const string PeerApi4 = "peerapi4";
    public const string PeerApi6 = "peerapi6";

    /// <summary>The port of this one is always 1.</summary>
    public const string PeerApiDnsProxy = "peerapi-dns-proxy";
}
