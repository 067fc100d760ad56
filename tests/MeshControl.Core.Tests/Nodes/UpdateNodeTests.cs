using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Registration;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Nodes;

/// <summary>What map requests change: lite updates say it all, streaming requests erase nothing.</summary>
public sealed class UpdateNodeTests
{
    private static readonly MapRequest Lite = new()
    {
        Version = 130,
        DiscoKey = Make.Disco(1),
        OmitPeers = true,
        Endpoints = [Make.Endpoint(1)],
        Hostinfo = new Hostinfo { Hostname = "node1", Os = "linux", NetInfo = new NetInfo { PreferredDerp = 900 } },
    };

    [Fact]
    [Trait("Acceptance", "TestNoOpMapRequestSkipsPersist")]
    public async Task Lite_SameAgain_WritesNothingAndPublishesNothing()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await UpdateAsync(host, Lite);
        var (before, batches) = (host.Entry(1), host.Store.Batches.Count);

        Assert.False(UpdateNodeCommand.WouldChange(before, Lite));
        await UpdateAsync(host, Lite);

        Assert.Same(before, host.Entry(1));
        Assert.Equal(batches, host.Store.Batches.Count);
    }

    [Fact]
    public async Task Lite_EndpointsAndHomeRegion_CostNoTransaction()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        await UpdateAsync(host, Lite);

        Assert.Equal([Make.Endpoint(1)], host.Entry(1).Presence.Endpoints);
        Assert.Equal(900, host.Entry(1).Presence.HomeDerp);
        Assert.Empty(host.Store.Batches);
    }

    [Fact]
    public async Task Lite_WithoutEndpoints_ClearsThem()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await UpdateAsync(host, Lite);

        await UpdateAsync(host, Lite with { Endpoints = null });

        Assert.Empty(host.Entry(1).Presence.Endpoints);
    }

    [Theory]
    [Trait("Acceptance", "TestNetInfoFromMapRequest")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Update_NetInfoOrRegionIsMissing_KeepsWhatWasKnown(bool hasNetInfo)
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await UpdateAsync(host, Lite);

        await UpdateAsync(host, Lite with { Hostinfo = Lite.Hostinfo! with { NetInfo = hasNetInfo ? new NetInfo { WorkingUdp = false } : null } });

        Assert.Equal(900, host.Entry(1).Presence.HomeDerp);
        Assert.Equal(hasNetInfo ? false : null, host.Entry(1).Presence.NetInfo!.WorkingUdp);
    }

    [Fact]
    [Trait("Acceptance", "TestNetInfoFromMapRequest")]
    public async Task Stream_EmptyFields_EraseNothing()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await UpdateAsync(host, Lite);
        var before = host.Entry(1);
        var empty = new MapRequest { Version = 130, Stream = true, Hostinfo = new Hostinfo() };

        Assert.False(UpdateNodeCommand.WouldChange(before, empty));
        await UpdateAsync(host, empty);

        Assert.Same(before, host.Entry(1));
    }

    [Fact]
    public async Task Stream_DiscoKeyAndEndpoints_AreTaken()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        await UpdateAsync(host, new MapRequest { Version = 131, Stream = true, DiscoKey = Make.Disco(5), Endpoints = [Make.Endpoint(5)] });

        var entry = host.Entry(1);
        Assert.Equal((Make.Disco(5), 131), (entry.Node.DiscoKey, entry.Node.CapabilityVersion));
        Assert.Equal([Make.Endpoint(5)], entry.Presence.Endpoints);
    }

    // Ports in the tens of their kind, of 0 those whose client tells no kinds.
    [Theory]
    [Trait("Acceptance", "TestEndpointBroadcastWorthy")]
    [InlineData(new[] { 10 }, new[] { 10, 20 })]
    [InlineData(new[] { 10 }, new[] { 10, 40 })]
    [InlineData(new[] { 20 }, new[] { 20, 10 })]
    [InlineData(new[] { 10 }, new[] { 10, 30 })]
    [InlineData(new[] { 10, 11 }, new[] { 10 })]
    [InlineData(new[] { 1 }, new[] { 1, 2 })]
    [InlineData(new[] { 10, 20 }, new[] { 10, 21 })]
    [InlineData(new[] { 10 }, new[] { 10, 20, 11 })]
    public async Task Lite_OtherEndpointsOfWhateverKind_PeersAreToldAllOfThem(int[] before, int[] after)
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        await UpdateAsync(host, WithPorts(before));
        var peer = (await host.Tailnet.Sessions.OpenAsync(host.Entry(2), 130, TestContext.Current.CancellationToken))!;
        Assert.Equal(before, Assert.Single(peer.First()!.Peers!).Endpoints!.Select(endpoint => endpoint.Port));

        await UpdateAsync(host, WithPorts(after));

        // Behind NATs on both sides the first ping gets through when both know where the other is seen, so none is worth holding back.
        Assert.Equal(after, Assert.Single(peer.Next()!.PeersChangedPatch!).Endpoints!.Select(endpoint => endpoint.Port));

        static MapRequest WithPorts(int[] ports) => Lite with
        {
            Endpoints = WireList.CopyOf(ports.Select(Make.Endpoint)),
            EndpointTypes = ports.Min() < 10 ? null : WireList.CopyOf(ports.Select(port => port / 10)),
        };
    }

    [Fact]
    public async Task Lite_SameEndpointsInAnotherOrder_AreNoNews()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await UpdateAsync(host, Lite with { Endpoints = [Make.Endpoint(1), Make.Endpoint(2)] });
        var before = host.Entry(1);

        await UpdateAsync(host, Lite with { Endpoints = [Make.Endpoint(2), Make.Endpoint(1)] });

        Assert.Same(before, host.Entry(1));
    }

    [Fact]
    public async Task Update_OneEndpointTooMany_IsCutOff()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        await UpdateAsync(host, Lite with
        {
            Endpoints = WireList.CopyOf(Enumerable.Range(1, UpdateNodeCommand.MaxEndpoints + 1).Select(Make.Endpoint)),
        });

        Assert.Equal(Enumerable.Range(1, UpdateNodeCommand.MaxEndpoints).Select(Make.Endpoint), host.Entry(1).Presence.Endpoints);
    }

    [Fact]
    public async Task Update_RoutesAndTagsInAnotherOrder_IsNoChange()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await UpdateAsync(host, With("10.0.0.0/8", "192.168.0.0/16"));
        var batches = host.Store.Batches.Count;

        await UpdateAsync(host, With("192.168.0.0/16", "10.0.0.0/8"));

        Assert.Equal(batches, host.Store.Batches.Count);

        static MapRequest With(params string[] routes) => Lite with
        {
            Hostinfo = Lite.Hostinfo! with { RoutableIps = WireSet.CopyOf(routes.Select(IpPrefix.Parse)), RequestTags = WireSet.CopyOf(routes.Select(route => $"tag:{route}")) },
        };
    }

    [Fact]
    [Trait("Acceptance", "TestEphemeralNodeDeleteWithConcurrentUpdate")]
    public async Task Update_NodeIsDeletedInTheSameBatch_IsFalseAndItStaysGone()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1), run: false);
        var deleting = host.ExecuteAsync(new DeleteNodeCommand(new NodeId(1)));
        var updating = host.ExecuteAsync(new UpdateNodeCommand(new NodeId(1), Lite));
        host.Run();

        Assert.Null((await deleting).Error);
        Assert.False((await updating).Value);
        Assert.Empty(host.Store.Rows.Nodes);
    }

    [Theory]
    [Trait("Acceptance", "TestEphemeralNodeLogoutRaceCondition")]
    [Trait("Acceptance", "TestUpdateNodeFromMapRequestEphemeralLogoutSequence")]
    [Trait("Acceptance", "TestUpdateNodeDeletedInSameBatchReturnsInvalid")]
    [Trait("Acceptance", "TestPersistNodeToDBPreventsRaceCondition")]
    [Trait("Acceptance", "TestUpdateNodeReturnsInvalidWhenDeletedInSameBatch")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Update_EphemeralNodeLogsOutInTheSameBatch_NothingOfItComesBack(bool logoutFirst)
    {
        var seed = Seeds.WithNodes(2);
        await using var host = new TailnetHost(seed with { Nodes = [Make.Node(1) with { Ephemeral = true }, Make.Node(2)] }, run: false);
        var (stale, machine) = (host.Entry(1), Make.Machine(1));
        var tasks = new List<Func<Task>>
        {
            () => host.ExecuteAsync(new UpdateNodeCommand(stale.Id, Lite)),
            () => host.ExecuteAsync(new LogoutCommand(machine, stale.Node.NodeKey)),
        };
        var queued = (logoutFirst ? Enumerable.Reverse(tasks) : tasks).Select(task => task()).ToArray();
        host.Run();
        await Task.WhenAll(queued);

        // What the update's request goes on with: its stream, by the node that it found before.
        var session = (await host.Tailnet.Sessions.OpenAsync(stale, 130, TestContext.Current.CancellationToken))!;
        Assert.Null(session.First());
        host.Tailnet.Sessions.Close(session);
        await host.Presence.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal([2L], host.Snapshot.Nodes.Select(entry => entry.Id.Value));
        Assert.Equal([2L], host.Store.Rows.Nodes.Keys.Select(id => id.Value));
        Assert.Null(host.Directory.FindNode(stale.Node.NodeKey));
        Assert.Empty(host.Store.PresenceSaves);
    }

    [Fact]
    [Trait("Acceptance", "TestPersistNodeToDBChecksNodeStoreBeforePersist")]
    [Trait("Acceptance", "TestNodeStoreUpdateNonExistentNode")]
    public async Task Update_NodeIsGone_IsFalseAndWritesNothing()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await host.ExecuteAsync(new DeleteNodeCommand(new NodeId(1)));
        var (version, batches) = (host.Snapshot.Nodes, host.Store.Batches.Count);

        Assert.False((await host.ExecuteAsync(new UpdateNodeCommand(new NodeId(1), Lite))).Value);

        Assert.Same(version, host.Snapshot.Nodes);
        Assert.Equal(batches, host.Store.Batches.Count);
    }

    [Theory]
    [Trait("Acceptance", "TestPersistNodeDoesNotClobberConcurrentAdminWrite")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Update_NodeIsTaggedMeanwhile_BothStayAlsoAfterARestart(bool tagFirst)
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1), run: false);
        var tagging = tagFirst ? TagAsync() : null;
        var updating = UpdateAsync(host, Lite with { Hostinfo = Lite.Hostinfo! with { OsVersion = "7" } });
        tagging ??= TagAsync();
        host.Run();
        await Task.WhenAll(tagging, updating);

        var restarted = TailnetSnapshot.From(host.Store.Rows.ToStored(new Dictionary<NodeId, NodePresence>()), Make.Settings());
        foreach (var node in new[] { host.Entry(1).Node, Assert.Single(restarted.Nodes).Node })
        {
            Assert.Equal(["tag:foo"], node.Tags);
            Assert.Equal((null, "7"), (node.Owner, node.Hostinfo.OsVersion));
        }

        Task TagAsync() => host.ExecuteAsync(new TagNodeCommand(new NodeId(1), ["tag:foo"]));
    }

    [Fact]
    public async Task Delete_UnknownNode_IsNotFound()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        Assert.Equal(CoreErrorKind.NotFound, (await host.ExecuteAsync(new DeleteNodeCommand(new NodeId(2)))).Error!.Kind);
    }

    private static async Task UpdateAsync(TailnetHost host, MapRequest request) =>
        Assert.True((await host.ExecuteAsync(new UpdateNodeCommand(new NodeId(1), request))).Value);
}
