using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Servers that go away in the middle of what clients are doing. The clients complete it afterwards.</summary>
public sealed class InterruptionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_WhileForcedLoginsWait_AreTheSameNodesWithOtherKeys()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        var before = await network.KeptAsync();
        var keys = await network.NodeKeysAsync();

        await LogInAcrossARestartAsync(network, "--force-reauth");

        Assert.Equal(before, await network.KeptAsync());
        Assert.Empty(keys.Intersect(await network.NodeKeysAsync()));
    }

    [Fact]
    public async Task Restart_WhileExpiredClientsWait_AreTheSameNodes()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        var before = await network.KeptAsync();
        foreach (var client in network.Clients)
        {
            await network.Meshctl.ExpireNodeAsync((await network.RowAsync(client)).Id, Token);
            await Eventually.GetAsync($"{client.Name} to ask for a login", client.StatusAsync, status => status.State == "NeedsLogin");
        }

        await LogInAcrossARestartAsync(network);

        Assert.Equal(before, await network.KeptAsync());
    }

    [Fact]
    public async Task Kill_BeforeKeysExpire_ClientsKnowAndLogInAfterwards()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        var before = await network.KeptAsync();
        foreach (var client in network.Clients)
        {
            await network.Meshctl.ExpireNodeAsync((await network.RowAsync(client)).Id, Token, "--expiry", "15s");
        }

        await network.Server.KillAsync();
        foreach (var client in network.Clients)
        {
            await Eventually.GetAsync(
                $"{client.Name} to know by its clock", client.StatusAsync, status => status.State == "NeedsLogin", Eventually.AfterReconnect);
        }

        await network.Server.StartAsync();
        await network.LogInAllAsync();

        await network.EverybodySeesEverybodyAsync();
        Assert.Equal(before, await network.KeptAsync());
    }

    [Fact]
    public async Task Kill_WhileKeysAreShown_ClientsJoinByThemselves()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);
        var keys = new List<string>();
        foreach (var _ in network.Clients)
        {
            keys.Add(await network.Meshctl.CreateOneShotKeyAsync(MeshNetwork.User, Token));
        }

        network.Server.Signal(BackgroundProcess.Freeze);
        var joining = network.Clients.Zip(keys).Select(pair => pair.First.UpAsync(network.Url, pair.Second, Token)).ToArray();
        await network.RequestsWaitAsync(network.Clients.Count);
        await network.Server.KillAsync();
        await network.Server.StartAsync();

        foreach (var result in await Task.WhenAll(joining))
        {
            result.OrThrow();
        }

        await network.EverybodySeesEverybodyAsync();
    }

    [Fact]
    public async Task Kill_WhileClientsLogOut_TheyStayWhoTheyAreAndLogOutAfterwards()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        var before = await network.KeptAsync();

        network.Server.Signal(BackgroundProcess.Freeze);
        var leaving = network.Clients.Select(client => client.RunAsync(Token, "logout")).ToArray();
        await network.RequestsWaitAsync(network.Clients.Count);
        await network.Server.KillAsync();
        await network.Server.StartAsync();

        // Clients ask but once, say what came of it, and stop. They are who they were, without anybody's approval.
        Assert.All(await Task.WhenAll(leaving), result => Assert.False(result.Succeeded));
        foreach (var client in network.Clients)
        {
            Assert.Equal("Stopped", (await client.StatusAsync(Token)).State);
            (await client.LogInAsync(network.Url, Token)).OrThrow();
        }

        await network.EverybodySeesEverybodyAsync();
        Assert.Equal(before, await network.KeptAsync());

        await network.LogoutAllAsync();
        foreach (var client in network.Clients)
        {
            Assert.Equal("NeedsLogin", (await client.StatusAsync(Token)).State);
        }

        await network.JoinAllAsync();
        Assert.Equal(before, await network.KeptAsync());
    }

    /// <summary>All clients ask, the server restarts, and then they are let in.</summary>
    private static async Task LogInAcrossARestartAsync(MeshNetwork network, params string[] options)
    {
        var waiting = network.Clients.Select(client => client.LogInAsync(network.Url, Token, options)).ToArray();
        var asked = await network.PendingLoginsAsync(network.Clients.Count);

        Assert.Equal(0, await network.Server.StopAsync());
        await network.Server.StartAsync();

        Assert.Equal(asked, await network.PendingLoginsAsync(network.Clients.Count));
        foreach (var authId in asked)
        {
            await network.ApproveLoginAsync(authId);
        }

        foreach (var result in await Task.WhenAll(waiting))
        {
            result.OrThrow();
        }

        await network.EverybodySeesEverybodyAsync();
    }
}
