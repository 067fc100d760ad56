using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Policies;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Real clients of a server that takes its policy from a file.</summary>
public sealed class PolicyFileTests
{
    private const int Port = 80;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_AnotherPolicy_ClientsFollowAndABadOneChangesNothing()
    {
        var (one, other) = (ClientPrograms.SupportedVersions[0], ClientPrograms.SupportedVersions[^1]);
        await using var network = await MeshNetwork.StartJoinedAsync(new NetworkPlan { Policy = Allow("tcp") }, one, other);
        var (from, to) = (network.Clients[0], network.Clients[1]);
        var address = (await from.StatusAsync(Token)).Peer(to.Name)!.Addresses[0];
        await using var host = new GreetingHost(await network.Lab.ListenAsync(to.Host, Port), to.Name);
        await Connections.EndAsync(from, to, address, Port, isAnswered: true);

        await File.WriteAllTextAsync(network.PolicyFile, Allow("udp"), Token);
        await Connections.EndAsync(from, to, address, Port, isAnswered: false);

        await File.WriteAllTextAsync(network.PolicyFile, """{"acls": [{"action": "accept", "src": ["group:none"], "dst": ["*:*"]}]}""", Token);
        network.Server.Signal(BackgroundProcess.Reload);
        await Eventually.GetAsync(
            "the server to say what is wrong", _ => Task.FromResult(network.Server.Log), log => log.Contains("group:none", StringComparison.Ordinal));
        Assert.Equal(Allow("udp"), (await network.Meshctl.RunAsync(Token, "policy", "get")).Output.TrimEnd('\n'));
        Assert.NotNull((await from.StatusAsync(Token)).Peer(to.Name));

        await File.WriteAllTextAsync(network.PolicyFile, Allow("tcp"), Token);
        network.Server.Signal(BackgroundProcess.Reload);
        await Connections.EndAsync(from, to, address, Port, isAnswered: true);
    }

    private static string Allow(string protocol) =>
        $$"""{"acls": [{"action": "accept", "proto": "{{protocol}}", "src": ["*"], "dst": ["*:*"]}]}""";
}
