using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MeshControl.LoadTest.Arguments;
using MeshControl.Protocol.Crypto;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Nodes;

namespace MeshControl.LoadTest.Crowds;

/// <summary>The simulated nodes of a run. They share what they are told alike, and keep no message.</summary>
public sealed class Crowd : IAsyncDisposable
{
    private const int NodesPerSource = 2_000;

    private readonly LoadOptions _options;
    private readonly NetmapPool _pool = new();
    private ImmutableList<CrowdNode> _nodes;

    public Crowd(LoadOptions options)
    {
        _options = options;
        Endpoint = new ControlEndpoint { Url = options.LoginServer, Version = options.Version };
        _nodes = [.. Enumerable.Range(0, options.Nodes).Select(Create)];
    }

    /// <summary>Those that there are from the beginning, and those that came later.</summary>
    public IReadOnlyList<CrowdNode> Nodes => Volatile.Read(ref _nodes);

    /// <summary>What is being watched out for.</summary>
    public WatchBoard Board { get; } = new();

    private ControlEndpoint Endpoint { get; }

    /// <summary>Whether an exception is a matter of networks and servers, and not of this program.</summary>
    public static bool IsExpected(Exception e) => e
        is ControlException or HttpRequestException or IOException or SocketException or JsonException or InvalidDataException;

    /// <summary>Asks for the server's key, so that a wrong address is one sentence and not one for each node.</summary>
    /// <exception cref="LoadException">Nobody answers, or not as a login server does.</exception>
    public async Task GreetAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var key = X25519PrivateKey.Generate();
            await using var client = new ControlClient(Endpoint, key, new NodeTraffic());
            await client.GetServerKeyAsync(cancellationToken);
        }
        catch (Exception e) when (IsExpected(e))
        {
            throw new LoadException($"{_options.LoginServer} does not answer as a login server: {e.Message}", e);
        }
    }

    /// <summary>One more node. One caller at a time.</summary>
    public CrowdNode Add()
    {
        var node = Create(_nodes.Count);
        Volatile.Write(ref _nodes, _nodes.Add(node));
        return node;
    }

    /// <summary>Those that may know a node: all others, or those of the same key if each sees only those.</summary>
    public IEnumerable<CrowdNode> Others(CrowdNode node) =>
        Nodes.Where(other => other != node && (!_options.OwnOnly || _options.GroupOf(other.Number) == _options.GroupOf(node.Number)));

    /// <summary>Those that know a peer now; with rules in force not everybody sees everybody.</summary>
    public IEnumerable<CrowdNode> Viewers(CrowdNode node, long id) =>
        Others(node).Where(other => other.Node.HasNetmap && other.Node.Netmap.Peers.ContainsKey(id));

    /// <summary>Does something with every node, so many at a time.</summary>
    public Task ForEachAsync(int concurrency, Func<CrowdNode, CancellationToken, Task> action, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            Nodes,
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = concurrency },
            async (node, token) => await action(node, token));

    /// <summary>Lets every node count as behind until it has its next whole map, and knows all that it is to know.</summary>
    public void BeginRound()
    {
        foreach (var node in Nodes)
        {
            node.BeginRound();
        }
    }

    /// <summary>Waits until all nodes know all that they are to know.</summary>
    /// <returns>When the last one did, as of <see cref="Stopwatch.GetTimestamp"/>; null if time ran out before.</returns>
    public async Task<long?> WaitForAllAsync(CancellationToken limit)
    {
        try
        {
            await Task.WhenAll(Nodes.Select(node => node.Complete)).WaitAsync(limit);
            return Nodes.Max(node => node.CompleteAt);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync() =>
        await Parallel.ForEachAsync(Nodes, CancellationToken.None, async (node, _) => await node.DisposeAsync());

    private CrowdNode Create(int number) => new(_options, Endpoint with { Source = SourceOf(number) }, _pool, Board, number);

    /// <summary>On loopback an address has ports for some 28,000 connections, those that were closed in the last minute included.</summary>
    private IPAddress? SourceOf(int number) =>
        IPAddress.TryParse(_options.LoginServer.Host, out var server) && server.Equals(IPAddress.Loopback) && OperatingSystem.IsLinux()
            ? new IPAddress([127, 0, 0, (byte)(1 + (number / NodesPerSource))])
            : null;
}
