using MeshControl.Core.Model;
using MeshControl.Core.Naming;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Registration;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Naming;

/// <summary>From what a client calls itself to a DNS label (RFC 1035 §2.3.1, RFC 1123 §2.1), unique in the tailnet.</summary>
public sealed class GivenNameTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("laptop", "laptop")]
    [InlineData("LAPTOP", "laptop")]
    [InlineData("  laptop  ", "laptop")]
    [InlineData("Joe's Mac mini", "joes-mac-mini")]
    [InlineData("Joe’s MacBook", "joes-macbook")]
    [InlineData("web_server_1", "web-server-1")]
    [InlineData("host.example.com", "host-example-com")]
    [InlineData("host.local", "host")]
    [InlineData("HOST.LOCAL", "host")]
    [InlineData("host.localdomain", "host")]
    [InlineData("host.lan", "host")]
    [InlineData("localhost", "localhost")]
    [InlineData("3com", "3com")]
    [InlineData("-edge-", "edge")]
    [InlineData("--", "node")]
    [InlineData("", "node")]
    [InlineData("   ", "node")]
    [InlineData(".local", "node")]
    [InlineData("'", "node")]
    [InlineData("ноутбук", "node")]
    [InlineData("büro-pc", "b-ro-pc")]
    [InlineData("💻 desk", "desk")]
    [InlineData("a\u0000b", "a-b")]
    [InlineData("ⅷ", "node")]
    [InlineData("ＡＢ", "node")]
    [InlineData("İstanbul", "stanbul")]
    public void Sanitise_Hostname_GivesALabel(string hostname, string expected)
    {
        Assert.Equal(expected, GivenNames.Sanitise(hostname));
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(5000)]
    public void Sanitise_Long_IsCutToALabel(int length)
    {
        Assert.Equal(new string('a', 63), GivenNames.Sanitise(new string('a', length)));
    }

    [Fact]
    public void Sanitise_CutBehindAHyphen_DoesNotEndWithIt()
    {
        Assert.Equal(new string('a', 62), GivenNames.Sanitise(new string('a', 62) + "-b"));
    }

    [Fact]
    [Trait("Acceptance", "TestFullMapResponseSurvivesPeerWithInvalidName")]
    public void Sanitise_AnyText_IsAlwaysALabelAndStable()
    {
        var random = new Random(5);
        for (var round = 0; round < 5000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(80)).Select(_ => (char)random.Next(random.Next(2) == 0 ? 128 : 0x10000))]);

            var label = GivenNames.Sanitise(text);

            Assert.Matches("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", label);
            Assert.Equal(label, GivenNames.Sanitise(label));
        }
    }

    [Fact]
    public async Task Unique_LongNamesCollide_SuffixFits()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        for (var machine = 1; machine <= 12; machine++)
        {
            await bench.JoinAsync(machine, Make.Register(machine, key, new string('x', 61) + "-y"));
        }

        Assert.All(bench.Nodes, node => Assert.InRange(node.GivenName.Length, 1, 63));
        Assert.Equal(12, bench.Nodes.Select(node => node.GivenName).Distinct().Count());
        Assert.Equal(new string('x', 61) + "-1", bench.Nodes[1].GivenName);
        Assert.Equal(new string('x', 60) + "-11", bench.Nodes[11].GivenName);
    }

    [Fact]
    [Trait("Acceptance", "TestPutNodeGivenNameCollisionBumps")]
    public async Task Join_SameHostname_CountsUpAndFillsGaps()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        var nodes = new List<Node>();
        for (var machine = 1; machine <= 3; machine++)
        {
            nodes.Add(await bench.JoinAsync(machine, machine, key));
        }

        await bench.Tailnet.ExecuteAsync(new DeleteNodeCommand(nodes[1].Id), Cancel);
        nodes.Add(await bench.JoinAsync(4, 4, key));

        Assert.Equal(["laptop", "laptop-1", "laptop-2", "laptop-1"], nodes.Select(node => node.GivenName));
    }

    [Fact]
    public void Unique_ThousandsOfOneName_CountUpWithoutAskingForEach()
    {
        var nodes = NodeTable.Empty;
        for (var id = 0; id < 3000; id++)
        {
            var name = GivenNames.Unique(nodes, "laptop");
            Assert.Equal(id == 0 ? "laptop" : $"laptop-{id}", name);
            nodes = nodes.Add(new NodeEntry(nodes.NextIndex, Make.Node(id + 1) with { GivenName = name }, NodePresence.None));
        }

        foreach (var entry in nodes.Where(entry => entry.Index % 3 == 0).ToArray())
        {
            nodes = nodes.Remove(entry);
            Assert.False(nodes.TryGetByName(GivenNames.Unique(nodes, "laptop"), out _));
        }

        Assert.Equal("laptop", GivenNames.Unique(nodes, "laptop"));
    }

    [Fact]
    [Trait("Acceptance", "TestPutNodeEmptyGivenNameFallsBackToNode")]
    public async Task Join_EmptyHostnames_AreNodes()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        await bench.JoinAsync(1, Make.Register(1, key, ""));
        await bench.JoinAsync(2, Make.Register(2, key) with { Hostinfo = null });

        Assert.Equal(["node", "node-1"], bench.Nodes.Select(node => node.GivenName));
    }

    [Theory]
    [Trait("Acceptance", "TestUpdateNodeBumpsOnCollision")]
    [InlineData("desk", "desk")]
    [InlineData("taken", "taken-1")]
    [InlineData("Laptop", "laptop")]
    public async Task Update_HostnameChanges_NameFollows(string hostname, string expected)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        await bench.JoinAsync(1, Make.Register(1, key, "taken"));
        var node = await bench.JoinAsync(2, 2, key);

        await UpdateAsync(bench, node.Id, hostname);

        Assert.Equal((expected, hostname), (bench.Nodes[1].GivenName, bench.Nodes[1].Hostname));
    }

    [Fact]
    [Trait("Acceptance", "TestPutNodeIdempotentKeepsLabel")]
    public async Task Update_HostnameIsTheNameItHasAlready_KeepsIt()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        await bench.JoinAsync(1, 1, key);
        var second = await bench.JoinAsync(2, 2, key);
        Assert.Equal("laptop-1", second.GivenName);

        await UpdateAsync(bench, second.Id, "laptop-1");

        Assert.Equal("laptop-1", bench.Nodes[1].GivenName);
    }

    [Fact]
    public async Task Update_NameIsFixed_DoesNotFollow()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.JoinAsync(1, 1, await bench.KeyAsync());
        await bench.EditNodeAsync(node.Id, old => old with { GivenName = "chosen", GivenNameFixed = true });

        await UpdateAsync(bench, node.Id, "desk");
        await bench.JoinAsync(1, Make.Register(2, await bench.KeyAsync(), "third"));

        Assert.Equal(("chosen", "third"), (bench.OnlyNode.GivenName, bench.OnlyNode.Hostname));
    }

    [Fact]
    public async Task Update_OtherHostinfo_NameStaysThoughItsReasonIsGone()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        var first = await bench.JoinAsync(1, 1, key);
        var second = await bench.JoinAsync(2, 2, key);
        await bench.Tailnet.ExecuteAsync(new DeleteNodeCommand(first.Id), Cancel);

        await UpdateAsync(bench, second.Id, "laptop");

        Assert.Equal("laptop-1", bench.OnlyNode.GivenName);
    }

    private static async Task UpdateAsync(RegistrationBench bench, NodeId id, string hostname)
    {
        var request = new MapRequest { Version = 130, OmitPeers = true, Hostinfo = new Hostinfo { Hostname = hostname, OsVersion = "2" } };
        Assert.True((await bench.Tailnet.ExecuteAsync(new UpdateNodeCommand(id, request), Cancel)).Value);
    }
}
