using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Joining;

/// <summary>Requests that want the same thing at the same time.</summary>
public sealed class RaceTests
{
    private const int Contenders = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Register_OneShotKeyByMany_LetsOneIn()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateKeyAsync(await server.CreateUserAsync("alice"), reusable: false);
        var nodes = Enumerable.Range(0, Contenders).Select(i => server.NewNode($"host{i}", key)).ToList();

        var answers = await RegisterAllAsync(nodes, node => node.CreateRegisterRequest(key));

        Assert.Single(answers, answer => answer.MachineAuthorized);
        Assert.Equal(Contenders - 1, answers.Count(answer => answer.Error == "authkey already used"));
        Assert.Equal(1, server.Tailnet.Snapshot.Nodes.Count);
    }

    [Fact]
    public async Task Register_SameNodeKeyByMany_BindsItToOneMachine()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var nodes = Enumerable.Range(0, Contenders).Select(i => server.NewNode($"host{i}", key)).ToList();
        var nodeKey = NodeIdentity.NewNodeKey();

        var answers = await RegisterAllAsync(nodes, node => node.CreateRegisterRequest(key) with { NodeKey = nodeKey });

        Assert.Single(answers, answer => answer.MachineAuthorized);
        Assert.Equal(1, server.Tailnet.Snapshot.Nodes.Count);
        var winner = nodes[answers.FindIndex(answer => answer.MachineAuthorized)];
        Assert.Equal(winner.Identity.Machine, Assert.Single(server.Tailnet.Snapshot.Nodes).Node.MachineKey);
    }

    [Fact]
    public async Task Register_OneMachineManyTimes_IsOneNode()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var identity = NodeIdentity.Create();
        var nodes = Enumerable.Range(0, Contenders)
            .Select(_ => server.NewNode("host", key, identity: NodeIdentity.Create(identity.MachineKey))).ToList();

        var answers = await RegisterAllAsync(nodes, node => node.CreateRegisterRequest(key));

        Assert.All(answers, answer => Assert.True(answer.MachineAuthorized));
        Assert.Equal(1, server.Tailnet.Snapshot.Nodes.Count);
    }

    private static async Task<List<RegisterResponse>> RegisterAllAsync(
        List<SimulatedNode> nodes, Func<SimulatedNode, RegisterRequest> request)
    {
        await Task.WhenAll(nodes.Select(node => node.Client.GetChannelAsync(Token)));
        return [.. await Task.WhenAll(nodes.Select(node => node.Client.RegisterAsync(request(node), Token)))];
    }
}
