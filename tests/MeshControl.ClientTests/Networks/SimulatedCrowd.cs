using MeshControl.ClientTests.Lab;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Nodes;

namespace MeshControl.ClientTests.Networks;

/// <summary>Simulated nodes of <see cref="MeshNetwork.User"/> among the real clients of a network.</summary>
internal sealed class SimulatedCrowd : IAsyncDisposable
{
    /// <summary>So many join at a time.</summary>
    private const int AtATime = 40;

    private readonly LabDoor _door;
    private readonly MeshNetwork _network;
    private readonly List<SimulatedNode> _nodes = [];

    private SimulatedCrowd(MeshNetwork network) => (_network, _door) = (network, LabDoor.Open(network.Lab, network.Url));

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    /// <param name="network">Borrowed.</param>
    /// <param name="count">How many join and stay. They keep nothing of what they are told.</param>
    public static async Task<SimulatedCrowd> JoinAsync(MeshNetwork network, int count)
    {
        var crowd = new SimulatedCrowd(network);
        try
        {
            var pool = new NetmapPool();
            var numbers = Enumerable.Range(1, count).ToArray();
            foreach (var some in numbers.Chunk(AtATime))
            {
                var nodes = some.Select(number => crowd.Add($"crowd-{number}", options => options with
                {
                    Pool = pool,
                    KeepsPeers = false,
                    RecordsMessages = false,
                })).ToArray();
                await Task.WhenAll(nodes.Select(node => node.JoinAsync(TestContext.Current.CancellationToken)));
            }

            return crowd;
        }
        catch
        {
            await crowd.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets one more node join, which keeps all that it is told.</summary>
    public async Task<SimulatedNode> JoinAsync(string name)
    {
        var node = Add(name, options => options);
        await node.JoinAsync(TestContext.Current.CancellationToken);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(async node => await node.DisposeAsync()));
        await _door.DisposeAsync();
    }

    private SimulatedNode Add(string name, Func<SimulatedNodeOptions, SimulatedNodeOptions> edit)
    {
        var node = new SimulatedNode(edit(new SimulatedNodeOptions
        {
            Endpoint = new ControlEndpoint { Url = _door.Of(_network.Url), AcceptsAnyCertificate = true },
            Hostname = name,
            AuthKey = _network.Key,
        }));
        _nodes.Add(node);
        return node;
    }
}
