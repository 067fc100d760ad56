using System.Net.Sockets;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;

namespace MeshControl.ClientTests.Storms;

/// <summary>Many simulated nodes that join at the same time, until the server is killed among them.</summary>
internal sealed class JoinStorm : IAsyncDisposable
{
    /// <summary>As many registrations wait for the server at a time, so that a kill hits whole batches of them.</summary>
    private const int AtATime = 40;

    private readonly IReadOnlyList<SimulatedNode> _nodes;
    private readonly Lock _lock = new();
    private readonly HashSet<SimulatedNode> _acknowledged = []; // guarded by _lock

    public JoinStorm(Uri url, string key, string prefix, int count)
    {
        Key = key;
        _nodes = [.. Enumerable.Range(1, count).Select(number => new SimulatedNode(new SimulatedNodeOptions
        {
            Endpoint = new ControlEndpoint { Url = url },
            Hostname = $"{prefix}-{number}",
            RecordsMessages = false,
        }))];
    }

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    private string Key { get; }

    /// <summary>Lets all nodes join, and strikes when so many registrations have been answered.</summary>
    /// <param name="acknowledgements">At most as many as there are nodes.</param>
    /// <param name="strike">Kills the server.</param>
    /// <returns>The nodes whose registration was answered, before the kill or while it happened.</returns>
    public async Task<IReadOnlyList<SimulatedNode>> RunAsync(int acknowledgements, Func<Task> strike, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var struck = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var turns = new SemaphoreSlim(AtATime);
        var joins = Task.WhenAll(_nodes.Select(node => JoinAsync(node, acknowledgements, reached, turns, struck.Token)));
        if (await Task.WhenAny(reached.Task, joins) == joins)
        {
            // Says what went wrong, if something did.
            await joins;
        }

        await strike();
        await struck.CancelAsync();
        await joins;
        await Task.WhenAll(_nodes.Select(node => node.StopAsync()));
        lock (_lock)
        {
            return [.. _nodes.Where(_acknowledged.Contains)];
        }
    }

    /// <summary>Every node registers again: those that were never answered with the key, the others as the nodes that they are.</summary>
    public async Task RegisterAllAsync(CancellationToken cancellationToken)
    {
        using var turns = new SemaphoreSlim(AtATime);
        await Task.WhenAll(_nodes.Select(async node =>
        {
            await turns.WaitAsync(cancellationToken);
            try
            {
                var isKnown = node.Registration is not null;
                Assert.True((await node.RegisterAsync(isKnown ? null : Key, cancellationToken)).MachineAuthorized);
            }
            finally
            {
                turns.Release();
            }
        }));
        await Task.WhenAll(_nodes.Select(node => node.StopAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task JoinAsync(
        SimulatedNode node, int acknowledgements, TaskCompletionSource reached, SemaphoreSlim turns, CancellationToken struck)
    {
        try
        {
            await turns.WaitAsync(struck);
            try
            {
                var answer = await node.RegisterAsync(Key, struck);
                Assert.True(answer.MachineAuthorized);
            }
            finally
            {
                turns.Release();
            }

            lock (_lock)
            {
                _acknowledged.Add(node);
                if (_acknowledged.Count == acknowledgements)
                {
                    reached.SetResult();
                }
            }

            node.StartPolling();
            await node.WaitForAsync(_ => true).WaitAsync(struck);
        }
        catch (Exception exception) when (
            reached.Task.IsCompleted
            && exception is OperationCanceledException or HttpRequestException or ControlException or IOException or SocketException)
        {
            // The server is gone, or the test ends.
        }
    }
}
