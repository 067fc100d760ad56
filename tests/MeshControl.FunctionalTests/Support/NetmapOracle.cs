using MeshControl.Protocol.Control;
using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Support;

/// <summary>
/// Compares what a node learned step by step with what the server would tell it at once: whatever deltas went wrong, were
/// lost or were ignored by the client's rules shows as a difference.
/// </summary>
internal static class NetmapOracle
{
    /// <summary>Waits until each node's netmap equals a whole map fetched for it now.</summary>
    public static Task AssertConvergedAsync(params IEnumerable<SimulatedNode> nodes) =>
        Parallel.ForEachAsync(
            nodes,
            new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken, MaxDegreeOfParallelism = 8 },
            async (node, token) => await AssertConvergedAsync(node, token));

    /// <summary>The first difference that means something, or null.</summary>
    public static string? FindDifference(Netmap actual, Netmap expected)
    {
        if (!actual.Peers.Keys.SequenceEqual(expected.Peers.Keys))
        {
            return $"peers {string.Join(' ', actual.Peers.Keys)} instead of {string.Join(' ', expected.Peers.Keys)}";
        }

        foreach (var (id, peer) in expected.Peers)
        {
            if (FindDifference(Normalise(actual.Peers[id]), Normalise(peer)) is { } difference)
            {
                return $"peer {Netmap.FirstLabel(peer)} with {difference}";
            }

            if (!actual.Users.ContainsKey(peer.User))
            {
                return $"no profile of user {peer.User}";
            }
        }

        return FindDifference(NormaliseSelf(actual.Self), NormaliseSelf(expected.Self)) is { } self ? $"itself with {self}"
            : !expected.Users.All(user => actual.Users.GetValueOrDefault(user.Key) == user.Value) ? "other profiles"
            : !actual.Filters.SequenceEqual(expected.Filters) ? "another packet filter"
            : actual.Dns != expected.Dns ? $"DNS {actual.Dns}\ninstead of {expected.Dns}"
            : actual.Derp != expected.Derp ? "another relay map"
            : actual.Domain != expected.Domain ? $"domain {actual.Domain} instead of {expected.Domain}"
            : actual.Ssh != expected.Ssh ? "another SSH policy"
            : null;
    }

    private static async Task AssertConvergedAsync(SimulatedNode node, CancellationToken cancellationToken)
    {
        var expected = await node.FetchMapAsync(cancellationToken);
        try
        {
            await node.WaitForAsync(map => FindDifference(map, expected) is null).WaitAsync(cancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{node} has {FindDifference(node.Netmap, expected)}");
        }
    }

    private static string? FindDifference(MapNode actual, MapNode expected)
    {
        foreach (var property in typeof(MapNode).GetProperties())
        {
            var (found, wanted) = (property.GetValue(actual), property.GetValue(expected));
            if (!Equals(found, wanted))
            {
                return $"{property.Name} {found}\ninstead of {wanted}";
            }
        }

        return null;
    }

    // Lists that are absent and empty ones are the same to clients here, and when a peer was last seen is for the eye.
    private static MapNode Normalise(MapNode node) => node with
    {
        Endpoints = node.Endpoints is { Count: > 0 } ? node.Endpoints : null,
        LastSeen = null,
    };

    // A stream does not tell a client what the client itself told the server.
    private static MapNode NormaliseSelf(MapNode node) => Normalise(node) with
    {
        Endpoints = null,
        HomeDerp = 0,
        DiscoKey = default,
        Hostinfo = null,
    };
}
