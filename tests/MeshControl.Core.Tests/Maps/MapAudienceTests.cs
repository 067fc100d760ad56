using MeshControl.Core.Maps;
using MeshControl.Core.Model;
using MeshControl.Core.Tests.Support;

namespace MeshControl.Core.Tests.Maps;

/// <summary>A change wakes those whom it concerns, and nobody else.</summary>
public sealed class MapAudienceTests
{
    // Users see their own nodes, and everybody the tagged ones.
    private const string OwnAndTagged = """
        {"tagOwners": {"tag:a": []},
         "acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*", "tag:a:22"]}]}
        """;

    [Fact]
    public void Endpoint_NodeOfAnotherUser_TellsHisNodesAlone()
    {
        using var tailnet = Groups();
        var sessions = OpenAll(tailnet);

        tailnet.EditPresence(1, presence => presence with { Endpoints = [Make.Endpoint(3)] });

        Assert.Equal([1L, 2L, 3L, 7L], Ids(tailnet));
        Assert.Equal([2L, 3L, 7L], Sent(sessions));
    }

    [Fact]
    [Trait("Acceptance", "TestProcessBatchedChanges_QueuesWork")]
    public void Endpoint_TaggedNode_TellsAllUsersNodes()
    {
        using var tailnet = Groups();
        var sessions = OpenAll(tailnet);

        tailnet.EditPresence(7, presence => presence with { Endpoints = [Make.Endpoint(3)] });

        Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L], Sent(sessions));
    }

    [Fact]
    public void Joining_NodeOfAUser_TellsThoseWhoSeeItAndThoseWhoseFilterListsIt()
    {
        using var tailnet = Groups();
        var sessions = OpenAll(tailnet);

        tailnet.Edit(draft => draft.Add(Make.Node(9) with { Owner = new UserId(2) }));

        Assert.Equal([4L, 5L, 6L, 7L], Sent(sessions));
    }

    [Fact]
    public void Removed_NodeOfAUser_TellsThoseWhoSawIt()
    {
        using var tailnet = Groups();
        var sessions = OpenAll(tailnet);

        tailnet.Edit(draft => draft.Remove(tailnet.Entry(5)));

        Assert.Equal(SessionEnd.NodeRemoved, sessions[4].End);
        Assert.Equal([4L, 6L, 7L], Sent(sessions.Where(session => session.NodeId.Value != 5)));
    }

    [Fact]
    public void Tagged_NodeOfAUser_TellsThoseWhoSawItAndThoseWhoSeeIt()
    {
        using var tailnet = Groups();
        var sessions = OpenAll(tailnet);

        tailnet.EditNode(5, node => node with { Owner = null, Tags = ["tag:a"] });

        Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L, 7L], Sent(sessions));
    }

    [Fact]
    public void User_NewDisplayName_TellsThoseWhoAreShownOneOfHisNodes()
    {
        using var tailnet = Groups();
        var sessions = OpenAll(tailnet);

        tailnet.Edit(draft => draft.Put(draft.Snapshot.Users[new UserId(2)] with { DisplayName = "Another" }));

        Assert.Equal([4L, 5L, 6L, 7L], Sent(sessions));
    }

    [Fact]
    public void Endpoint_AnyNodeAfterAnyWalk_IsToldToThoseWhoSeeItAndToItself()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            using var tailnet = Groups();
            for (var step = 0; step < 20; step++)
            {
                var entry = tailnet.Snapshot.Nodes.ElementAt(random.Next(tailnet.Snapshot.Nodes.Count));
                tailnet.Edit(draft =>
                {
                    _ = random.Next(4) switch
                    {
                        0 => draft.Add(Make.Node(100 + step) with { Owner = new UserId(random.Next(1, 3)) }),
                        1 => draft.Update(entry, entry.Node with { Owner = null, Tags = ["tag:a"] }),
                        2 => draft.Update(entry, entry.Node with { Owner = new UserId(random.Next(1, 3)), Tags = [] }),
                        _ => entry,
                    };
                });
                var sessions = OpenAll(tailnet);
                tailnet.EditPresence((int)entry.Id.Value, presence => presence with { HomeDerp = presence.HomeDerp + 1 });

                var expected = tailnet.Snapshot.Nodes
                    .Where(viewer => viewer.Id == entry.Id || tailnet.Snapshot.Access.Sees(viewer.Index, entry.Index))
                    .Select(viewer => viewer.Id.Value)
                    .Order();
                Assert.Equal(expected, Ids(tailnet));
                Assert.Equal(expected.Where(id => id != entry.Id.Value), Sent(sessions).Order());
            }
        }
    }

    [Fact]
    public void Session_NodeThatWasRemovedLongAgo_DoesNotTakeThePlaceOfItsSuccessor()
    {
        using var tailnet = Groups();
        var stale = tailnet.Entry(6);
        tailnet.Edit(draft => draft.Remove(tailnet.Entry(6)));
        tailnet.Edit(draft => draft.Add(Make.Node(9) with { Owner = new UserId(1) }));
        Assert.Equal(stale.Index, tailnet.Entry(9).Index);
        var session = tailnet.Open(9);
        session.First();

        // Both have the same index, and were looked up at different times.
        var late = tailnet.Open(stale);
        tailnet.EditPresence(1, presence => presence with { HomeDerp = 3 });

        Assert.NotNull(session.Next());
        Assert.Null(late.First());
        Assert.Equal(SessionEnd.NodeRemoved, late.End);
    }

    [Fact]
    public void Session_IndexIsTakenByAnotherNodeInTheSameChange_EndsAllTheSame()
    {
        using var tailnet = Groups();
        var old = tailnet.Open(6);
        old.First();
        tailnet.Publish(draft =>
        {
            draft.Remove(draft.Snapshot.Nodes[old.Index]!);
            draft.Add(Make.Node(9) with { Owner = new UserId(2) });
        });
        var successor = tailnet.Open(9);
        Assert.NotNull(successor.First());
        tailnet.Tell();

        Assert.Equal(SessionEnd.NodeRemoved, old.End);
        Assert.Null(successor.Next());
        tailnet.EditPresence(4, presence => presence with { HomeDerp = 3 });
        Assert.NotNull(successor.Next());
    }

    [Fact]
    [Trait("Acceptance", "TestWorkMu_PreventsInterTickRace")]
    public void Next_WhileTheWriterTellsOthers_ShowsNothingTwiceAndForgetsNothing()
    {
        using var tailnet = Groups();
        var sessions = OpenAll(tailnet);
        var clients = sessions.ToDictionary(session => session, _ => new List<long>());
        void ReadAll() => sessions.ForEach(session => clients[session].AddRange(session.Next()?.PeersRemoved ?? []));

        tailnet.EditPresence(5, presence => presence with { HomeDerp = 2 });
        tailnet.WhileTelling = ReadAll;
        tailnet.Edit(draft => draft.Remove(tailnet.Entry(1)));
        tailnet.WhileTelling = null;
        ReadAll();

        Assert.Equal([[], [1], [1], [], [], [], [1]], clients.Values.Select(removed => removed.ToArray()));
    }

    [Fact]
    public void Change_FirstUnderAPolicyOfManyClasses_IsLookedUpBeforeTheLockIsTaken()
    {
        const int Users = 200;
        const long Slack = 4096;
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(Users) with
        {
            Users = [.. Enumerable.Range(1, Users).Select(id => Make.User(id))],
            Nodes = [.. Enumerable.Range(1, Users).Select(id => Make.Node(id) with { Owner = new UserId(id) })],
        });
        tailnet.SetPolicy(OwnAndTagged);

        tailnet.EditPresence(1, presence => presence with { HomeDerp = 2 });
        var first = tailnet.AllocatedUnderTheLock;
        tailnet.EditPresence(1, presence => presence with { HomeDerp = 3 });

        Assert.InRange(first, 0, tailnet.AllocatedUnderTheLock + Slack);
    }

    [Fact]
    public void Session_ThatNothingConcerns_HoldsNoOldMap()
    {
        using var tailnet = Groups();
        var session = tailnet.Open(1);
        session.First();
        var old = OldAccess(tailnet);
        for (var round = 0; round < 3; round++)
        {
            tailnet.Edit(draft => draft.Add(Make.Node(20 + draft.Snapshot.Nodes.Count) with { Owner = new UserId(2) }));
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(old.IsAlive);
        Assert.Null(session.Next());
        GC.KeepAlive(session);
    }

    [Fact]
    [Trait("Acceptance", "TestBug7_CleanupOfflineNodes_PendingChangesCleanedStructurally")]
    [Trait("Acceptance", "TestRemoveConnectionAtIndex_NilsTrailingSlot")]
    public void Session_ClosedWithChangesPending_IsForgottenWithThem()
    {
        using var tailnet = Groups();
        var closed = OpenAndCloseWithChangesPending(tailnet);
        tailnet.EditPresence(4, presence => presence with { HomeDerp = 3 });

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(closed.IsAlive);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference OldAccess(SteppedTailnet tailnet) => new(tailnet.Snapshot.Access);

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference OpenAndCloseWithChangesPending(SteppedTailnet tailnet)
    {
        var session = tailnet.Open(1);
        session.First();
        tailnet.EditPresence(2, presence => presence with { HomeDerp = 3 });
        tailnet.EditNode(3, node => node with { Owner = null, Tags = ["tag:a"] });
        Assert.Contains(session, tailnet.Audience);
        tailnet.Close(session);
        return new WeakReference(session);
    }

    /// <summary>Nodes 1 to 3 of user 1, 4 to 6 of user 2, and 7 with a tag.</summary>
    private static SteppedTailnet Groups()
    {
        var tailnet = new SteppedTailnet(Seeds.WithNodes(7) with
        {
            Nodes =
            [
                .. Enumerable.Range(1, 7).Select(id => id == 7
                    ? Make.Node(id) with { Owner = null, Tags = ["tag:a"] }
                    : Make.Node(id) with { Owner = new UserId(id <= 3 ? 1 : 2) }),
            ],
        });
        tailnet.SetPolicy(OwnAndTagged);
        return tailnet;
    }

    private static List<MapSession> OpenAll(SteppedTailnet tailnet)
    {
        var sessions = tailnet.Snapshot.Nodes.Select(entry => tailnet.Open(entry)).ToList();
        sessions.ForEach(session => Assert.NotNull(session.First()));
        return sessions;
    }

    private static IEnumerable<long> Ids(SteppedTailnet tailnet) => tailnet.Audience.Select(session => session.NodeId.Value).Order();

    private static IEnumerable<long> Sent(IEnumerable<MapSession> sessions) =>
        sessions.Where(session => session.Next() is not null).Select(session => session.NodeId.Value).ToArray();
}
