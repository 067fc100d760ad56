using System.Collections.Concurrent;
using System.Net;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Netmaps;

namespace MeshControl.LoadTest.Crowds;

/// <summary>
/// What is being watched out for. Nodes look at it after every message; while nothing is on it that costs nothing. What counts is
/// the netmap that the message led to, not the message.
/// </summary>
public sealed class WatchBoard
{
    private readonly ConcurrentDictionary<IPEndPoint, Watch> _endpoints = new();
    private readonly ConcurrentDictionary<ushort, Watch> _ports = new();

    /// <summary>Watches out for a peer at an endpoint, which no other one ever has.</summary>
    public Watch BeginEndpoint(IPEndPoint endpoint, IEnumerable<CrowdNode> viewers) =>
        _endpoints[endpoint] = new Watch(viewers);

    /// <summary>Watches out for a port that only one policy opens.</summary>
    public Watch BeginPort(ushort port, IEnumerable<CrowdNode> viewers) => _ports[port] = new Watch(viewers);

    public void End(IPEndPoint endpoint) => _endpoints.TryRemove(endpoint, out _);

    public void End(ushort port) => _ports.TryRemove(port, out _);

    /// <summary>Tells the watches what a node knows now.</summary>
    public void Look(int node, Netmap netmap, MapResponse message, long now)
    {
        if (!_endpoints.IsEmpty)
        {
            foreach (var peer in Concerned(message))
            {
                foreach (var endpoint in netmap.Peers.GetValueOrDefault(peer)?.Endpoints ?? [])
                {
                    if (_endpoints.TryGetValue(endpoint, out var watch))
                    {
                        watch.Report(node, now);
                    }
                }
            }
        }

        if (!_ports.IsEmpty && (message.PacketFilter is not null || message.PacketFilters is not null))
        {
            foreach (var (port, watch) in _ports)
            {
                if (HasPort(netmap, port))
                {
                    watch.Report(node, now);
                }
            }
        }
    }

    private static IEnumerable<long> Concerned(MapResponse message) =>
        (message.PeersChangedPatch ?? []).Select(patch => patch.NodeId)
            .Concat((message.PeersChanged ?? []).Select(peer => peer.Id))
            .Concat((message.Peers ?? []).Select(peer => peer.Id));

    private static bool HasPort(Netmap netmap, ushort port) =>
        netmap.Filters.Values.Any(rules =>
            rules.Any(rule => rule.DstPorts is { } destinations && destinations.Any(range => range.Ports.First == port && range.Ports.Last == port)));
}
