using MeshControl.Core.Maps;
using MeshControl.Core.Maps.Rendering;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Maps.Rendering;

/// <summary>
/// What is told to several is written for the first of them. That it is right for each is seen by reading: see <see cref="MapMessageReading"/>.
/// </summary>
public sealed class SharedChangesTests
{
    private readonly SharedChanges _shared = new();

    [Fact]
    public void Find_SameStateOfTheSameNode_IsTheSameArray()
    {
        var entry = EntryOf(1);
        _shared.Keep(Patch(entry), compress: true, [1, 2, 3]);

        var found = _shared.Find(Patch(entry), compress: true);

        Assert.Equal([1, 2, 3], found!);
        Assert.Same(found, _shared.Find(Patch(entry), compress: true));
    }

    [Fact]
    public void Find_AnythingElse_IsNothing()
    {
        var (entry, user) = (EntryOf(1), Make.User(1));
        var (rendering, settings) = ("{}"u8.ToArray(), Make.Settings());
        var message = new CommonChanges(
            [(entry, NodeAspects.Endpoints)], [new NodeId(3)], [rendering], [user, null], SettingsAspects.Dns, settings);
        _shared.Keep(message, compress: true, [1]);

        Assert.NotNull(_shared.Find(message with { Patched = [.. message.Patched] }, compress: true));
        Assert.Null(_shared.Find(message, compress: false));
        CommonChanges[] others =
        [
            message with { Patched = [(entry, NodeAspects.HomeDerp)] },
            message with { Patched = [(entry with { }, NodeAspects.Endpoints)] },
            message with { Patched = [] },
            message with { Removed = [new NodeId(4)] },
            message with { Removed = [] },
            message with { Changed = ["{}"u8.ToArray()] },
            message with { Changed = [rendering, rendering] },
            message with { Owners = [Make.User(1), null] },
            message with { Owners = [user] },
            message with { Aspects = SettingsAspects.DerpMap },
            message with { Settings = Make.Settings() },
        ];
        Assert.All(others, other => Assert.Null(_shared.Find(other, compress: true)));
    }

    [Fact]
    public void Keep_OneMoreThanIsKept_TheOldestIsForgotten()
    {
        var entries = Enumerable.Range(0, SharedChanges.MaxKept + 1).Select(EntryOf).ToArray();

        Assert.All(entries, entry => _shared.Keep(Patch(entry), compress: true, [1]));

        Assert.Null(_shared.Find(Patch(entries[0]), compress: true));
        Assert.All(entries[1..], entry => Assert.NotNull(_shared.Find(Patch(entry), compress: true)));
    }

    [Theory]
    [InlineData(SharedChanges.MaxCount, true)]
    [InlineData(SharedChanges.MaxCount + 1, false)]
    public void Keep_LargeMessage_OnlyUpToTheLimit(int nodes, bool isKept)
    {
        var removed = new CommonChanges([], [.. Enumerable.Range(1, nodes).Select(id => new NodeId(id))], [], [], SettingsAspects.None, null);

        _shared.Keep(removed, compress: true, [1]);

        Assert.Equal(isKept, _shared.Find(removed, compress: true) is not null);
    }

    [Fact]
    public void Next_PatchForManyViewers_AllGetTheSameBytes()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(6));
        var sessions = Open(tailnet, 1, 2, 3);
        tailnet.EditPresence(6, presence => presence with { Endpoints = [Make.Endpoint(1)], Online = true });

        var bodies = sessions.Select(session => session.NextMessage()!.Body(compress: true)).ToArray();

        Assert.Equal(bodies[0], bodies[1]);
        Assert.Equal(bodies[0], bodies[2]);
        Assert.Equal(
            new MapResponse { PeersChangedPatch = [new PeerChange { NodeId = 6, Endpoints = [Make.Endpoint(1)], Online = true }] },
            ControlJson.Parse<MapResponse>(MapMessageReading.Unpack(bodies[2])));
    }

    [Fact]
    public void Next_OneViewerIsBehindAndOneIsAsked_EachIsToldItsOwn()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(6));
        var sessions = Open(tailnet, 1, 2, 3);
        tailnet.EditPresence(5, presence => presence with { HomeDerp = 7 });
        Assert.Equal([5L], PatchedIn(sessions[0].Next()!));
        tailnet.EditPresence(6, presence => presence with { HomeDerp = 7 });
        sessions[1].TryPing(new PingRequest { Url = "https://mesh.test/" });

        Assert.Equal([6L], PatchedIn(sessions[0].Next()!));
        var asked = sessions[1].Next()!;
        Assert.Equal("https://mesh.test/", asked.PingRequest!.Url);
        Assert.Equal([5L, 6L], PatchedIn(asked));
        var behind = sessions[2].Next()!;
        Assert.Null(behind.PingRequest);
        Assert.Equal([5L, 6L], PatchedIn(behind));
    }

    [Fact]
    public void Next_StateThatWasThereBefore_IsToldAsItIsNow()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(3));
        var sessions = Open(tailnet, 1, 2);
        foreach (var region in new[] { 7, 8, 7 })
        {
            tailnet.EditPresence(3, presence => presence with { HomeDerp = region });

            Assert.All(sessions, session => Assert.Equal(region, Assert.Single(session.Next()!.PeersChangedPatch!).DerpRegion));
        }
    }

    [Fact]
    public void Next_WholeNodeThatOneViewerSeesOtherwise_EachSeesItsOwn()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(4));
        tailnet.SetPolicy("""
            {"tagOwners": {"tag:a": []}, "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}], "nodeAttrs": [{"target": ["tag:a"], "attr": ["disable-ipv4"]}]}
            """);
        tailnet.EditNode(1, node => node with { Tags = ["tag:a"], Owner = null });
        var sessions = Open(tailnet, 1, 2, 3);
        tailnet.EditNode(4, node => node with { GivenName = "other" });

        var shown = sessions.Select(session => Assert.Single(session.Next()!.PeersChanged!)).ToArray();

        Assert.All(shown, peer => Assert.Equal("other.mesh.test.", peer.Name));
        Assert.Equal([1, 2, 2], shown.Select(peer => peer.Addresses!.Count));
    }

    private static long[] PatchedIn(MapResponse message) => [.. message.PeersChangedPatch!.Select(patch => patch.NodeId)];

    private static MapSession[] Open(SteppedTailnet tailnet, params int[] viewers)
    {
        var sessions = viewers.Select(tailnet.Open).ToArray();
        Assert.All(sessions, session => Assert.NotNull(session.First()));
        return sessions;
    }

    private static NodeEntry EntryOf(int id) => new(id, Make.Node(id), NodePresence.None);

    private static CommonChanges Patch(NodeEntry entry) => new([(entry, NodeAspects.Endpoints)], [], [], [], SettingsAspects.None, null);
}
