using MeshControl.Testing.Nodes;

namespace MeshControl.ClientTests.Networks;

/// <summary>Whether a peer is there, as a simulated node was told one after the other. Nothing is missed, as it is by looking now and then.</summary>
internal static class PresenceHistory
{
    /// <summary>All that a node has been told of a peer's presence so far, in order.</summary>
    /// <param name="viewer">A node that records messages.</param>
    /// <param name="peer">The peer's id.</param>
    public static IReadOnlyList<(DateTimeOffset At, bool Online)> Of(SimulatedNode viewer, long peer) =>
        [.. viewer.Traffic.Messages.SelectMany(message => States(message, peer).Select(online => (message.At, online)))];

    /// <summary>Waits until the peer is offline.</summary>
    /// <returns>When the viewer was told so for the first time after the given one.</returns>
    public static async Task<DateTimeOffset> WaitForOfflineAsync(SimulatedNode viewer, long peer, DateTimeOffset after)
    {
        await viewer.WaitForAsync(map => map.Peers[peer].Online == false, TimeSpan.FromMinutes(1));
        var at = Of(viewer, peer).First(state => state.At >= after && !state.Online).At;
        TestContext.Current.TestOutputHelper?.WriteLine($"peer {peer} is offline after {(at - after).TotalSeconds:F1} s");
        return at;
    }

    private static IEnumerable<bool> States(ReceivedMessage received, long peer)
    {
        var message = received.Message;
        if (message.PeersRemoved?.Contains(peer) == true)
        {
            yield return false;
        }

        foreach (var node in (message.Peers ?? []).Concat(message.PeersChanged ?? []).Where(node => node.Id == peer))
        {
            yield return node.Online == true;
        }

        if (message.OnlineChange is { } changes && changes.TryGetValue(peer, out var online))
        {
            yield return online;
        }

        foreach (var patch in (message.PeersChangedPatch ?? []).Where(patch => patch.NodeId == peer && patch.Online is not null))
        {
            yield return patch.Online!.Value;
        }
    }
}
