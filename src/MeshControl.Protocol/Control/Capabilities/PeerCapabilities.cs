namespace MeshControl.Protocol.Control;

/// <summary>Well-known keys of <see cref="CapGrant.CapMap"/>; where nothing else is said, presence is enough.</summary>
public static class PeerCapabilities
{
    /// <summary>In the receiver's filter: Taildrop from other users.</summary>
    public const string FileSend = "https://tailscale.com/cap/file-send";

    /// <summary>In the sender's filter, source the receiver: shows it as a target.</summary>
    public const string FileSharingTarget = "https://tailscale.com/cap/file-sharing-target";

    /// <summary>In the sharer's filter; values tell shares and access.</summary>
    public const string Drive = "tailscale.com/cap/drive";

    /// <summary>In the user's filter, source the sharer; the companion of <see cref="Drive"/>.</summary>
    public const string DriveSharer = "tailscale.com/cap/drive-sharer";

    /// <summary>In the relay's filter.</summary>
    public const string Relay = "tailscale.com/cap/relay";

    /// <summary>In the client's filter, source the relay; the companion of <see cref="Relay"/>.</summary>
    public const string RelayTarget = "tailscale.com/cap/relay-target";

    /// <summary>Funnel traffic, source the ingress node.</summary>
    public const string Ingress = "https://tailscale.com/cap/ingress";

    public const string WakeOnLan = "https://tailscale.com/cap/wake-on-lan";
    public const string DebugPeer = "https://tailscale.com/cap/debug-peer";

    /// <summary>Values tell what may be edited.</summary>
    public const string WebUi = "tailscale.com/cap/webui";

    public const string Kubernetes = "tailscale.com/cap/kubernetes";
    public const string TsIdp = "tailscale.com/cap/tsidp";

    /// <summary>The app's name follows; values are ranges such as <c>tcp:443</c>.</summary>
    public const string Conn25Prefix = "tailscale.com/cap/conn25/";
}
