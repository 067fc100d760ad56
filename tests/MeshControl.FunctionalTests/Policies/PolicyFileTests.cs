using MeshControl.Core.Policies;
using MeshControl.FunctionalTests.Support;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.FunctionalTests.Policies;

/// <summary>A policy that lies in a file: nodes are told what it says, and nothing of what is wrong with it.</summary>
public sealed class PolicyFileTests : IDisposable
{
    private const string Open = """{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}""";
    private const string Closed = """{"acls": []}""";

    /// <summary>The log's number for a policy file that is not taken over.</summary>
    private const int Unusable = 4700;

    /// <summary>The same at the start.</summary>
    private const int UnusableAtStart = 4702;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("policy-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_directory.FullName, "acl.hujson");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task File_ChangedAgainAndAgain_NodesFollowAndSeeNothingOfABadOne()
    {
        await SayAsync(Open);
        await using var server = await StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        await one.WaitForAsync(map => map.FindPeer("two") is not null);

        await SayAsync(Closed);
        await one.WaitForAsync(map => map.Peers.Count == 0);
        await two.WaitForAsync(map => map.Peers.Count == 0);

        server.ExpectLog(Unusable);
        await SayAsync("{\"acls\": [}");
        await UntilLoggedAsync(server, Unusable);
        Assert.Equal(2, server.Tailnet.Policies.Current!.Version);
        Assert.Empty(one.Netmap.Peers);

        await SayAsync(Open);
        await one.WaitForAsync(map => map.FindPeer("two") is not null);
        await two.WaitForAsync(map => map.FindPeer("one") is not null);
        Assert.Equal(3, server.Tailnet.Policies.Current!.Version);
        Assert.Equal(1, server.CountLog(Unusable));
    }

    [Fact]
    public async Task Restart_FileBrokenMeanwhile_NodesHaveTheLastPolicyThatWasAccepted()
    {
        await SayAsync(Closed);
        await using var server = await StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        await server.JoinAsync("two", key);
        await server.StopAsync();

        await SayAsync("{\"acls\": [}");
        server.ExpectLog(UnusableAtStart);
        await server.StartAgainAsync();
        await one.WaitForAsync(map => map.Stream > 1);

        Assert.Empty(one.Netmap.Peers);
        Assert.Equal(1, server.CountLog(UnusableAtStart));

        await SayAsync(Open);
        await one.WaitForAsync(map => map.FindPeer("two") is not null);
    }

    [Fact]
    public async Task Restart_PolicyWasSetInTheDatabase_IsInForceFromTheFirstMapOn()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        await server.JoinAsync("two", key);
        Assert.Null((await server.Tailnet.Policies.SetAsync(Closed, "alice", Token)).Error);
        await one.WaitForAsync(map => map.Peers.Count == 0);

        await server.StopAsync();
        await server.StartAgainAsync();
        await one.WaitForAsync(map => map.Stream > 1);

        Assert.Empty(one.Netmap.Peers);
        Assert.Equal((1L, "alice"), (server.Tailnet.Policies.Current!.Version, server.Tailnet.Policies.Current.AcceptedBy));
    }

    /// <summary>As editors and orchestrators do: whole, under another name, and then in its place.</summary>
    private async Task SayAsync(string text)
    {
        await File.WriteAllTextAsync(FilePath + ".new", text, Token);
        File.Move(FilePath + ".new", FilePath, overwrite: true);
    }

    private Task<TestServer> StartAsync() => TestServer.StartAsync(configure: options => options with
    {
        Policy = new PolicyOptions { Mode = PolicyMode.File, Path = FilePath },
    });

    private static async Task UntilLoggedAsync(TestServer server, int number)
    {
        while (server.CountLog(number) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Token);
        }
    }
}
