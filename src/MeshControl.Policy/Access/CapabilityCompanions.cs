using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>Capabilities that need a second one in the other direction.</summary>
internal static class CapabilityCompanions
{
    /// <summary>In the order in which filters have them.</summary>
    public static readonly (string Granted, string Companion)[] All =
    [
        (PeerCapabilities.Drive, PeerCapabilities.DriveSharer),
        (PeerCapabilities.Relay, PeerCapabilities.RelayTarget),
    ];
}
