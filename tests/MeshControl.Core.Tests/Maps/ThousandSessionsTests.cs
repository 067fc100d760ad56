using MeshControl.Core.Maps;
using MeshControl.Core.Maps.Rendering;
using MeshControl.Core.Policies;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Maps;

/// <summary>A thousand streams, each of which sees all the others' nodes.</summary>
public sealed class ThousandSessionsTests
{
    private const int Count = 1000;

    [Fact]
    [Trait("Acceptance", "TestScale1000_AddToBatch_Broadcast")]
    public void Endpoint_OfOneNode_IsToldToEachOtherOnce()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(Count));
        var sessions = OpenAll(tailnet);

        tailnet.EditPresence(1, presence => presence with { Endpoints = [Make.Endpoint(3)] });

        var expected = new MapResponse { PeersChangedPatch = [new PeerChange { NodeId = 1, Endpoints = [Make.Endpoint(3)] }] };
        Assert.Equal(Count, tailnet.Audience.Count);
        Assert.All(sessions.Skip(1), session => Assert.Equal(expected, session.Next()));
        Assert.All(sessions, session => Assert.Null(session.Next()));
    }

    [Fact]
    [Trait("Acceptance", "TestScale1000_FullUpdate_AllNodesGetPending")]
    [Trait("Acceptance", "TestAddToBatch_FullUpdateOverrides")]
    [Trait("Acceptance", "TestBatcherCoalescesPolicyRecomputesPerTick")]
    public void Policy_ReplacedAgainAndAgainWhileNobodyReads_IsOneMessageForEach()
    {
        const int Times = 20;
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(Count));
        var sessions = OpenAll(tailnet);

        tailnet.EditPresence(1, presence => presence with { Endpoints = [Make.Endpoint(3)] });
        for (var version = 1; version <= Times; version++)
        {
            Set(tailnet, version, $$"""{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:{{version}}"]}]}""");
        }

        foreach (var session in sessions.Skip(1))
        {
            var message = session.Next()!;
            Assert.Equal(3, Assert.Single(Assert.Single(message.PeersChangedPatch!).Endpoints!).Port);
            var rule = Assert.Single(message.PacketFilters!.Values.OfType<WireList<FilterRule>>().SelectMany(piece => piece));
            Assert.All(rule.DstPorts!, destination => Assert.Equal((Times, Times), (destination.Ports.First, destination.Ports.Last)));
            Assert.Null(session.Next());
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(Count)]
    [Trait("Acceptance", "TestBatcherScalabilityAllToAll")]
    [Trait("Acceptance", "TestScale1000_AllToAll_FullPipeline")]
    public void Join_OneAfterAnother_EachIsShownAllOthers(int count)
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(1));
        var sessions = OpenAll(tailnet);
        MapMessage? first = null;
        for (var id = 2; id <= count; id++)
        {
            tailnet.Edit(draft => draft.Add(Make.Node(id)));
            sessions.Add(tailnet.Open(id));
            first = sessions[^1].FirstMessage();
        }

        // Those before it are in the first message, and those after it in the next.
        Assert.Equal(count - 1, first!.ToResponse().Peers!.Count);
        foreach (var session in sessions.SkipLast(1))
        {
            var later = session.NextMessage()!.ToResponse().PeersChanged!.Select(peer => peer.Id);
            Assert.Equal(Enumerable.Range((int)session.NodeId.Value + 1, count - (int)session.NodeId.Value).Select(id => (long)id), later);
        }

        Assert.All(sessions, session => Assert.Null(session.Next()));
    }

    [Fact]
    [Trait("Acceptance", "TestScale1000_MultiChannelBroadcast")]
    public void Open_UpToThreeTimesEach_TheLatestIsToldAlone()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(Count));
        var all = Enumerable.Range(1, Count).SelectMany(id => Enumerable.Range(0, 1 + (id % 3)).Select(_ => tailnet.Open(id))).ToList();
        all.ForEach(session => Assert.NotNull(session.FirstMessage()));
        var latest = all.GroupBy(session => session.NodeId).Select(sessions => sessions.Last()).ToHashSet();

        tailnet.EditPresence(1, presence => presence with { Endpoints = [Make.Endpoint(3)] });

        Assert.Equal(latest.Count - 1, all.Count(session => session.Next() is not null && latest.Contains(session)));
        Assert.All(all, session => Assert.Equal(latest.Contains(session) ? SessionEnd.None : SessionEnd.Replaced, session.End));
        Assert.Equal(latest, tailnet.Audience.ToHashSet());
    }

    private static List<MapSession> OpenAll(SteppedTailnet tailnet)
    {
        var sessions = tailnet.Snapshot.Nodes.Select(entry => tailnet.Open(entry)).ToList();
        sessions.ForEach(session => Assert.NotNull(session.FirstMessage()));
        return sessions;
    }

    private static void Set(SteppedTailnet tailnet, int version, string text) => tailnet.Edit(draft =>
    {
        var file = PolicyBuilder.Read(text, draft.Snapshot.Settings).Value;
        draft.Put(new StoredPolicy(version, text, Make.Created, "test"), PolicyWorld.Compile(file, tailnet.Snapshot), tailnet.Snapshot);
    });
}
