using System.Diagnostics;
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
    private readonly LoadOptions _options;
    private readonly List<CrowdNode> _nodes;

    public Crowd(LoadOptions options)
    {
        _options = options;
        Endpoint = new ControlEndpoint { Url = options.LoginServer, Version = options.Version };
        var pool = new NetmapPool();
        _nodes = [.. Enumerable.Range(0, options.Nodes).Select(number => new CrowdNode(options, Endpoint, pool, number))];
    }

    public IReadOnlyList<CrowdNode> Nodes => _nodes;

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

    /// <summary>Does something with every node, as many at a time as the user wants.</summary>
    public Task ForEachAsync(Func<CrowdNode, CancellationToken, Task> action, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            _nodes,
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = _options.Concurrency },
            async (node, token) => await action(node, token));

    /// <summary>Lets every node count as behind until it has its next whole map, and knows all that it is to know.</summary>
    public void BeginRound()
    {
        foreach (var node in _nodes)
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
            await Task.WhenAll(_nodes.Select(node => node.Complete)).WaitAsync(limit);
            return _nodes.Max(node => node.CompleteAt);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync() =>
        await Parallel.ForEachAsync(_nodes, CancellationToken.None, async (node, _) => await node.DisposeAsync());
}
