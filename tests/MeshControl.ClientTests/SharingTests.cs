using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Files go between the devices of one user, and nowhere else.</summary>
public sealed class SharingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestTaildrop")]
    public async Task File_BetweenClients_ReachesOwnDevicesOnly()
    {
        var newest = ClientPrograms.SupportedVersions[^1];
        await using var network = await MeshNetwork.StartAsync(
            DatabaseKind.Sqlite, [.. ClientPrograms.SupportedVersions, newest, newest, newest]);
        await network.Meshctl.CreateUserAsync("bob", Token);
        var bobsKey = await network.Meshctl.CreateKeyAsync("bob", Token);
        var taggedKey = await network.Meshctl.CreateKeyAsync(MeshNetwork.User, Token, "--tags", "tag:server");
        var alices = network.Clients.Take(3).ToList();
        var bobs = network.Clients.Skip(3).Take(2).ToList();
        var tagged = network.Clients[5];
        await network.JoinAllAsync(client => client == tagged ? taggedKey : bobs.Contains(client) ? bobsKey : network.Key);

        foreach (var (devices, client) in alices.Select(client => (alices, client)).Concat(bobs.Select(client => (bobs, client))))
        {
            Assert.Equal(devices.Where(device => device != client).Select(device => device.Name).Order(), await TargetsAsync(client));
        }

        Assert.Empty(await TargetsAsync(tagged));
        foreach (var (from, to) in alices.SelectMany(from => alices.Where(to => to != from).Select(to => (from, to))))
        {
            var name = $"from-{from.Name}";
            await Eventually.HoldsAsync($"a file to go from {from.Name} to {to.Name}", token => SendAsync(from, to, name, token));
            await Eventually.HoldsAsync($"{to.Name} to have the file of {from.Name}", token => HasAsync(to, name, token));
        }

        (RealClient From, RealClient To)[] strangers = [(alices[0], bobs[0]), (bobs[0], alices[0]), (tagged, alices[0]), (alices[0], tagged)];
        foreach (var (from, to) in strangers)
        {
            Assert.False(await SendAsync(from, to, "forbidden", Token), $"{from.Name} sent a file to {to.Name}.");
            File.Delete(Path.Combine(from.Files, "forbidden"));
            Assert.False(to.Holds("forbidden"), $"{to.Name} has got a file from {from.Name}.");
        }
    }

    private static async Task<IEnumerable<string>> TargetsAsync(RealClient client)
    {
        var result = await client.RunAsync(Token, "file", "cp", "--targets");

        // Lines of address, name and remarks; a client that may send to nobody has none, or says why on its other output.
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[1].Split('.')[0]).Order();
    }

    private static async Task<bool> SendAsync(RealClient from, RealClient to, string name, CancellationToken cancellationToken)
    {
        var file = Path.Combine(from.Files, name);
        await File.WriteAllTextAsync(file, name, cancellationToken);
        return (await from.RunAsync(cancellationToken, "file", "cp", file, $"{to.Name}:")).Succeeded;
    }

    private static async Task<bool> HasAsync(RealClient client, string name, CancellationToken cancellationToken)
    {
        var inbox = Directory.CreateDirectory(Path.Combine(client.Files, "inbox")).FullName;
        await client.RunAsync(cancellationToken, "file", "get", "--conflict=overwrite", inbox);
        var file = Path.Combine(inbox, name);
        return File.Exists(file) && await File.ReadAllTextAsync(file, cancellationToken) == name;
    }
}
