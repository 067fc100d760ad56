using System.Net;
using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;
using MeshControl.Protocol.Crypto;
using MeshControl.Testing.Relays;

namespace MeshControl.ClientTests;

/// <summary>Two relays of one region, each in a process of its own, with clients on different ones.</summary>
public sealed class MeshedRelayTests
{
    private const string ByRelay = $"DERP({MeshedRelays.Code})";
    private const int StreamLength = 2 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestDERPVerifyEndpoint")]
    public async Task Relays_ClientsOnBoth_ReachEachOtherAndSurviveEither()
    {
        var newest = ClientPrograms.SupportedVersions[^1];
        await using var network = await MeshNetwork.StartAsync(
            new NetworkPlan { HasMeshedRelays = true, IsIsolated = true }, ClientPrograms.SupportedVersions[^2], newest);
        var relays = network.Meshed!;
        await Task.WhenAll(relays.StartAsync(0), relays.StartAsync(1));
        // Whichever relay the map names first: each client reaches one alone.
        for (var i = 0; i < 2; i++)
        {
            await network.Lab.ForbidAsync(network.Clients[i].Host, MeshedRelays.Addresses[1 - i], Token);
        }

        await network.JoinAllAsync();
        await BothReachEachOtherAsync(network);
        for (var relay = 0; relay < 2; relay++)
        {
            await TurnsStrangersAwayAsync(network, relay);
        }

        // The first one's client has only the second relay now, where the other one is.
        await network.Lab.AllowAsync(network.Clients[0].Host, MeshedRelays.Addresses[1], Token);
        await relays.KillAsync(0);
        await BothReachEachOtherAsync(network);

        // Apart again: the first client is sent back to the first relay by the second one's death.
        await relays.StartAsync(0);
        await network.Lab.AllowAsync(network.Clients[1].Host, MeshedRelays.Addresses[0], Token);
        await relays.KillAsync(1);
        await BothReachEachOtherAsync(network);

        // And through both again, which have to find each other anew; only a connection that is gone makes a client look for another relay.
        await relays.StartAsync(1);
        for (var i = 0; i < 2; i++)
        {
            await network.Lab.ForbidAsync(network.Clients[i].Host, MeshedRelays.Addresses[1 - i], Token);
        }

        await relays.KillAsync(0);
        await relays.StartAsync(0);
        await BothReachEachOtherAsync(network);
    }

    private static async Task BothReachEachOtherAsync(MeshNetwork network)
    {
        foreach (var (from, to) in new[] { (network.Clients[0], network.Clients[1]), (network.Clients[1], network.Clients[0]) })
        {
            await ReachesAsync(from, to);
        }

        await using var stream = await network.OpenStreamAsync(network.Clients[0], network.Clients[1]);
        await stream.EchoAsync(StreamLength, Token);
    }

    private static async Task TurnsStrangersAwayAsync(MeshNetwork network, int relay)
    {
        var target = new IPEndPoint(IPAddress.Parse(MeshedRelays.Addresses[relay]), 443);
        var endpoint = RelayEndpoint.Tls(target) with { Connect = () => network.Lab.ConnectAsync(0, target) };
        using var stranger = X25519PrivateKey.Generate();
        var turnedAway = await Assert.ThrowsAsync<RelayProtocolException>(() => RelayClient.DialAsync(endpoint, stranger, null, Token));
        Assert.Contains("at the login", turnedAway.Message, StringComparison.Ordinal);
    }

    private static async Task ReachesAsync(RealClient from, RealClient to)
    {
        var address = (await from.StatusAsync(Token)).Peer(to.Name)!.Addresses[0];
        var path = await Eventually.GetAsync(
            $"a ping from {from.Name} to {to.Name}", token => from.PathAsync(address, token), path => path is not null, Eventually.AfterReconnect);
        Assert.Equal(ByRelay, path);
    }
}
