using MeshControl.Protocol.Control;

namespace MeshControl.FunctionalTests.Support;

/// <summary>What messages say of who is there.</summary>
internal static class PresenceNews
{
    /// <summary>Whether it says in any form that a peer is offline, or does not say that it is online where it should.</summary>
    /// <param name="message">As a client received it.</param>
    /// <param name="peer">Its id; null for any.</param>
    public static bool SaysOffline(this MapResponse message, long? peer = null)
    {
        return message.PeersChangedPatch?.Any(patch => patch.Online == false && Concerns(patch.NodeId)) == true
            || message.OnlineChange?.Any(change => !change.Value && Concerns(change.Key)) == true
            || message.PeersChanged?.Any(node => node.Online != true && Concerns(node.Id)) == true;

        bool Concerns(long id) => peer is null || peer == id;
    }
}
