using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;
using MeshControl.Protocol.Compression;
using MeshControl.Testing.Nodes;

namespace MeshControl.ClientTests;

/// <summary>First maps whose bodies are several zstd frames, most of them made once for all viewers, and what stock clients make of them.</summary>
public sealed class SharedFramesTests
{
    /// <summary>Two chunks of 128 nodes, and half of one more, in which those have their places who come last.</summary>
    private const int CrowdSize = 320;

    private static ReadOnlySpan<byte> FrameMagic => [0x28, 0xB5, 0x2F, 0xFD];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Up_AmongHundreds_FirstMapOfSeveralFramesIsUnderstood()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);
        await using var crowd = await SimulatedCrowd.JoinAsync(network, CrowdSize);
        var (first, second) = (await crowd.JoinAsync("first-viewer"), await crowd.JoinAsync("second-viewer"));

        // Nodes of the same user as the clients, and in the same chunk: what these two share, whoever comes next is sent, too.
        _ = await FramesAsync(first);
        var shared = (await FramesAsync(second)).Intersect(await FramesAsync(first)).ToArray();
        Assert.Equal(2, shared.Length);

        foreach (var client in network.Clients)
        {
            (await client.UpAsync(network.Url, network.Key, Token)).OrThrow();
            await KnowsAllAsync(network, client);

            (await client.RunAsync(Token, "down")).OrThrow();
            var maps = await client.CountMapsAsync(Token);
            (await client.RunAsync(Token, "up")).OrThrow();
            await Eventually.GetAsync($"{client.Name} to have a new map", client.CountMapsAsync, count => count > maps);
            await KnowsAllAsync(network, client);
        }

        // They were there all the time.
        Assert.Equal(shared, shared.Intersect(await FramesAsync(first)));
    }

    /// <summary>The client knows the server's nodes, those and no others, by what it was sent and by what it says of them.</summary>
    private static async Task KnowsAllAsync(MeshNetwork network, RealClient client)
    {
        var rows = await network.Meshctl.ListNodesAsync(Token);
        await Eventually.GetAsync($"{client.Name} to run", client.StatusAsync, status => status.IsRunning);

        var netmap = await client.NetmapAsync(Token);
        Assert.Equal(
            rows.Select(row => (row.Id, row.NodeKey, $"{row.GivenName}.mesh.test.", string.Join(' ', row.Addresses))).Order(),
            netmap.Select(node => (node.Id, node.Key, node.Name, string.Join(' ', node.Addresses))).Order());
        var status = await client.StatusAsync(Token);
        Assert.Equal(
            rows.Where(row => row.GivenName.StartsWith("crowd-", StringComparison.Ordinal))
                .Select(row => ($"{row.GivenName}.mesh.test.", string.Join(' ', row.Addresses), true)).Order(),
            status.Peers.Where(peer => peer.Name.StartsWith("crowd-", StringComparison.Ordinal))
                .Select(peer => (peer.DnsName, string.Join(' ', peer.Addresses), peer.Online)).Order());
    }

    /// <summary>The frames that a whole map for the node consists of, as text that can be compared.</summary>
    private static async Task<IReadOnlyList<string>> FramesAsync(SimulatedNode viewer)
    {
        var request = viewer.CreateMapRequest(stream: false, omitPeers: false) with { ReadOnly = true };
        var body = (await viewer.Client.PostMapAsync(request, Token)).AsSpan(MapFrame.PrefixLength);
        var frames = new List<string>();
        while (!body.IsEmpty)
        {
            var next = body[1..].IndexOf(FrameMagic);
            var length = next < 0 ? body.Length : next + 1;
            frames.Add(Convert.ToHexString(body[..length]));
            body = body[length..];
        }

        return frames;
    }
}
