using MeshControl.Core.Maps;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Maps;

/// <summary>What one stream is told: whole first, then the least that says it.</summary>
public sealed class MapSessionTests
{
    [Fact]
    [Trait("Acceptance", "TestTailNode")]
    [Trait("Acceptance", "TestMapResponseBuilder_Setters")]
    public void First_HasAllThatAClientNeeds()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(3) with { Nodes = [Make.Node(1), Make.Node(2), Make.Node(3) with { Owner = null, Tags = ["tag:a"] }] });
        var map = tailnet.Open(1).First()!;

        Assert.Equal((1L, "1", "node1.mesh.test."), (map.Node!.Id, map.Node.StableId, map.Node.Name));
        Assert.True(map.Node.MachineAuthorized);
        Assert.NotNull(map.Node.CapMap);
        Assert.NotNull(map.Node.Hostinfo);
        Assert.Equal([2L, 3L], map.Peers!.Select(peer => peer.Id));
        Assert.All(map.Peers!, peer => Assert.NotNull(peer.Online));
        Assert.All(map.Peers!, peer => Assert.True(peer.MachineAuthorized && !peer.DiscoKey.IsZero && peer.Cap == 130));
        Assert.All(map.Peers!, peer => Assert.Equal(peer.Addresses, peer.AllowedIps));
        Assert.Equal([1L, UserProfiles.TaggedDevicesId], map.UserProfiles!.Select(profile => profile.Id));
        Assert.All(map.UserProfiles!, profile => Assert.NotEmpty(profile.LoginName!));
        Assert.Equal("mesh.test", map.Domain);
        Assert.NotNull(map.DerpMap);
        Assert.NotNull(map.DnsConfig);
        Assert.Contains(map.PacketFilters!, piece => piece.Value is { Count: > 0 });
        Assert.NotNull(map.SshPolicy);
        Assert.True(map.Debug!.DisableLogTail);
        Assert.Equal(tailnet.Time.GetUtcNow(), map.ControlTime);
        Assert.Null(map.PeersChanged ?? (object?)map.PeersChangedPatch ?? map.PeersRemoved);
    }

    [Fact]
    public void First_WaitsForApproval_IsAuthorizedForNothingAndShownNobody()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2) with { Nodes = [Make.Node(1), Make.Node(2) with { NeedsApproval = true }] });

        var (others, own) = (tailnet.Open(1).First()!, tailnet.Open(2).First()!);

        Assert.False(own.Node!.MachineAuthorized);
        Assert.Empty(own.Peers!);
        Assert.Empty(others.Peers!);
        Assert.All(own.PacketFilters!, piece => Assert.Empty(piece.Value!));
    }

    [Fact]
    public void Next_IsApproved_IsShownAllAndShownToAll()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2) with { Nodes = [Make.Node(1), Make.Node(2) with { NeedsApproval = true }] });
        var (other, session) = (tailnet.Open(1), tailnet.Open(2));
        other.First();
        session.First();

        tailnet.EditNode(2, node => node with { NeedsApproval = false });

        var (others, own) = (other.Next()!, session.Next()!);
        Assert.True(own.Node!.MachineAuthorized);
        Assert.Equal(1, Assert.Single(own.PeersChanged!).Id);
        Assert.Contains(own.PacketFilters!, piece => piece.Value is { Count: > 0 });
        Assert.Equal(2, Assert.Single(others.PeersChanged!).Id);
    }

    [Fact]
    public void First_AloneInTheTailnet_IsWholeAllTheSame()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(1));

        Assert.Empty(tailnet.Open(1).First()!.Peers!);
    }

    [Fact]
    public void Peer_ServicesAndSshHostKeys_AreShownAndTheRestOfTheHostIsNot()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        tailnet.EditNode(2, node => node with
        {
            Hostinfo = node.Hostinfo with
            {
                Services = [new Service { Proto = "peerapi4", Port = 1234 }],
                SshHostKeys = ["ssh-ed25519 AAAA"],
                BackendLogId = "secret",
                PushDeviceToken = "secret",
            },
        });

        var hostinfo = Assert.Single(tailnet.Open(1).First()!.Peers!).Hostinfo!;

        Assert.Equal(1234, Assert.Single(hostinfo.Services!).Port);
        Assert.Equal(["ssh-ed25519 AAAA"], hostinfo.SshHostKeys!);
        Assert.Null(hostinfo.BackendLogId ?? hostinfo.PushDeviceToken);
    }

    [Fact]
    [Trait("Acceptance", "TestProcessBatchedChanges_EmptyPending")]
    [Trait("Acceptance", "TestGenerateMapResponse_EmptyChange")]
    [Trait("Acceptance", "TestGenerateMapResponse_SelfOnlyOtherNode")]
    [Trait("Acceptance", "TestHandleNodeChange_EmptyChange")]
    [Trait("Acceptance", "TestHandleNodeChange_NilDataNoSend")]
    [Trait("Acceptance", "TestConnectionEntry_SendNilData")]
    public void Next_NothingHappened_IsNull()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();

        Assert.Null(session.Next());
        tailnet.EditPresence(2, presence => presence with { NetInfo = new NetInfo { HavePortMap = true } });
        tailnet.EditNode(2, node => node with { AuthKey = new(5) });
        Assert.Null(session.Next());
    }

    [Fact]
    [Trait("Acceptance", "TestConnectionEntry_SendSuccess")]
    public void Next_Endpoints_IsAPatchOfThem()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.EditPresence(2, presence => presence with { Endpoints = [Make.Endpoint(1), Make.Endpoint(2)] });

        var message = session.Next()!;

        Assert.Equal(
            new MapResponse { PeersChangedPatch = [new PeerChange { NodeId = 2, Endpoints = [Make.Endpoint(1), Make.Endpoint(2)] }] }, message);
    }

    [Fact]
    public void Next_EndpointsEmptied_IsAPatchWithAnEmptyList()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        tailnet.EditPresence(2, presence => presence with { Endpoints = [Make.Endpoint(1)] });
        var session = tailnet.Open(1);
        session.First();
        tailnet.EditPresence(2, presence => presence with { Endpoints = [] });

        Assert.Equal(new MapResponse { PeersChangedPatch = [new PeerChange { NodeId = 2, Endpoints = [] }] }, session.Next());
    }

    [Fact]
    public void Next_EndpointsEmptiedAndNameChanged_WholeNodeAndPatch()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        tailnet.EditPresence(2, presence => presence with { Endpoints = [Make.Endpoint(1)] });
        var session = tailnet.Open(1);
        session.First();
        tailnet.EditPresence(2, presence => presence with { Endpoints = [] });
        tailnet.EditNode(2, node => node with { CapabilityVersion = 131 });

        var message = session.Next()!;

        Assert.Equal(131, Assert.Single(message.PeersChanged!).Cap);
        Assert.Equal(new PeerChange { NodeId = 2, Endpoints = [] }, Assert.Single(message.PeersChangedPatch!));
    }

    [Fact]
    public void Next_HomeRegionAndDiscoKeyAndOnline_AreOnePatch()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.EditPresence(2, presence => presence with { HomeDerp = 900 });
        tailnet.EditNode(2, node => node with { DiscoKey = Make.Disco(22) });
        tailnet.EditPresence(2, presence => presence with { Online = true });

        Assert.Equal(
            new MapResponse { PeersChangedPatch = [new PeerChange { NodeId = 2, DerpRegion = 900, DiscoKey = Make.Disco(22), Online = true }] },
            session.Next());
    }

    [Fact]
    public void Next_WentOffline_IsAPatchWithTheTime()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        tailnet.EditPresence(2, presence => presence with { Online = true });
        var session = tailnet.Open(1);
        session.First();
        tailnet.EditPresence(2, presence => presence with { Online = false, LastSeen = Make.Created });

        Assert.Equal(
            new MapResponse { PeersChangedPatch = [new PeerChange { NodeId = 2, Online = false, LastSeen = Make.Created }] }, session.Next());
    }

    [Fact]
    public void Next_DiscoKeyAndOffline_GoApart()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        tailnet.EditPresence(2, presence => presence with { Online = true });
        var session = tailnet.Open(1);
        session.First();
        tailnet.EditNode(2, node => node with { DiscoKey = Make.Disco(22) });
        tailnet.EditPresence(2, presence => presence with { Online = false, LastSeen = Make.Created });

        var message = session.Next()!;

        Assert.Equal(new PeerChange { NodeId = 2, DiscoKey = Make.Disco(22) }, Assert.Single(message.PeersChangedPatch!));
        Assert.Equal(WireMap.CopyOf([KeyValuePair.Create(2L, false)]), message.OnlineChange);
    }

    [Fact]
    public void Next_OfflineAndWholeNode_ClientLearnsTheTimeToo()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        tailnet.EditPresence(2, presence => presence with { Online = true });
        var session = tailnet.Open(1);
        var client = new SimulatedClient();
        client.Apply(session.First()!);

        // A logout: the key expires, and some seconds later the node is offline.
        tailnet.EditNode(2, node => node with { Expiry = Make.Created.AddYears(1) });
        tailnet.EditPresence(2, presence => presence with { Online = false, LastSeen = Make.Created });
        client.Apply(session.Next()!);

        Assert.Equal((false, Make.Created), (client.Peers[2].Online, client.Peers[2].LastSeen));
    }

    [Fact]
    [Trait("Acceptance", "TestBatcherWorkQueueBatching")]
    [Trait("Acceptance", "TestProcessBatchedChangesCoalescesWhenInFlight")]
    [Trait("Acceptance", "TestProcessBatchedChanges_BundlesChangesPerNode")]
    public void Next_SeveralChangesWhileAWriteIsInFlight_AreOneMessageWithTheLastState()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(4));
        var session = tailnet.Open(1);
        session.First();
        for (var port = 1; port <= 50; port++)
        {
            tailnet.EditPresence(2, presence => presence with { Endpoints = [Make.Endpoint(port)] });
            tailnet.EditNode(3, node => node with { GivenName = $"name{port}" });
        }

        tailnet.Edit(draft => draft.Remove(tailnet.Entry(4)));
        var message = session.Next()!;

        Assert.Equal([Make.Endpoint(50)], Assert.Single(message.PeersChangedPatch!).Endpoints!);
        Assert.Equal("name50.mesh.test.", Assert.Single(message.PeersChanged!).Name);
        Assert.Equal([4L], message.PeersRemoved!);
        Assert.Null(session.Next());
    }

    [Fact]
    public void Next_AddedAndRemovedInBetween_SaysNothing()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.Edit(draft => draft.Add(Make.Node(9)));
        tailnet.Edit(draft => draft.Remove(tailnet.Entry(9)));

        Assert.Null(session.Next());
    }

    [Fact]
    public void Next_NodeWithoutDiscoKey_IsHeldBackUntilItHasOne()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        tailnet.EditNode(2, node => node with { DiscoKey = default });
        var session = tailnet.Open(1);
        Assert.Empty(session.First()!.Peers!);
        tailnet.Edit(draft => draft.Add(Make.Node(3) with { DiscoKey = default }));
        tailnet.EditPresence(3, presence => presence with { Online = true, Endpoints = [Make.Endpoint(1)] });
        Assert.Null(session.Next());

        tailnet.EditNode(2, node => node with { DiscoKey = Make.Disco(2) });
        tailnet.EditNode(3, node => node with { DiscoKey = Make.Disco(3) });

        Assert.Equal([2L, 3L], session.Next()!.PeersChanged!.Select(peer => peer.Id));
    }

    [Fact]
    public void Next_NodeOfANewUser_BringsTheProfile()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.Edit(draft =>
        {
            draft.Put(Make.User(9, "carla"));
            draft.Add(Make.Node(9) with { Owner = new(9) });
        });

        // With the node itself, without which some releases do not show the profile.
        var told = session.Next()!;
        Assert.Equal(["carla", "user1"], told.UserProfiles!.Select(profile => profile.LoginName).Order());
        Assert.Equal(1, told.Node!.Id);
    }

    [Fact]
    public void Next_FurtherNodeOfAKnownUser_BringsNothingElse()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.Edit(draft => draft.Add(Make.Node(9)));

        Assert.Null(session.Next()!.Node);
    }

    [Fact]
    public void Next_UserWithAnIdBeyondWhatIsRemembered_BringsTheProfileEachTime()
    {
        var user = new Core.Model.UserId(OwnerSet.MaxUserId + 1);
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.Edit(draft =>
        {
            draft.Put(Make.User(user.Value, "carla"));
            draft.Add(Make.Node(9) with { Owner = user });
        });
        session.Next();
        tailnet.Edit(draft => draft.Add(Make.Node(10) with { Owner = user }));

        Assert.NotNull(session.Next()!.Node);
    }

    [Fact]
    public void Next_ProfileChanges_IsTold()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.Edit(draft => draft.Put(tailnet.Snapshot.Users[new(1)] with { DisplayName = "Anna" }));

        // With the node itself, without which some releases keep showing the old one.
        var told = session.Next()!;
        Assert.Equal(1, told.Node!.Id);
        Assert.Equal(
            new MapResponse { UserProfiles = [new UserProfile { Id = 1, LoginName = "user1", DisplayName = "Anna" }] }, told with { Node = null });
    }

    [Fact]
    [Trait("Acceptance", "TestGenerateMapResponse_SelfOnlySameNode")]
    public void Next_OwnNameOrExpiryChanges_SelfIsSentWhole()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.EditNode(1, node => node with { GivenName = "chosen" });

        var message = session.Next()!;

        Assert.Equal("chosen.mesh.test.", message.Node!.Name);
        Assert.NotNull(message.Node.CapMap);
        Assert.Null(message.PeersChanged);
    }

    [Fact]
    public void Next_OwnEndpointsOrHostChange_IsNoNews()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.EditPresence(1, presence => presence with { Endpoints = [Make.Endpoint(1)], Online = true, HomeDerp = 3 });
        tailnet.EditNode(1, node => node with { Hostinfo = node.Hostinfo with { OsVersion = "7" }, DiscoKey = Make.Disco(11) });

        Assert.Null(session.Next());
    }

    [Fact]
    [Trait("Acceptance", "TestBatcherBasicOperations")]
    public void Next_SettingsChange_OnlyWhatChangedIsSent()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        var first = session.First()!;
        var derp = new DerpMap { Regions = WireMap.CopyOf([KeyValuePair.Create<int, DerpRegion?>(7, new DerpRegion { RegionId = 7 })]) };

        Edit(settings => settings with { Dns = new DnsSettings { MagicDns = false } });
        Assert.Equal(
            new MapResponse { DnsConfig = first.DnsConfig! with { Proxied = false, Domains = [] }, UserProfiles = null }, session.Next());
        Edit(settings => settings with { DerpMap = derp });
        Assert.Equal(new MapResponse { DerpMap = derp }, session.Next());
        Edit(settings => settings with { Taildrop = false });
        var self = session.Next()!;
        Assert.NotEqual(first.Node!.CapMap, self.Node!.CapMap);
        Assert.Equal(new MapResponse { Node = self.Node, UserProfiles = self.UserProfiles }, self);

        void Edit(Func<TailnetSettings, TailnetSettings> edit) => tailnet.Edit(draft => draft.Apply(edit(draft.Snapshot.Settings)));
    }

    [Fact]
    public void Next_LogTailIsTurnedOffAndOn_OnlyOffCanBeTold()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(1));
        var session = tailnet.Open(1);
        session.First();

        tailnet.Edit(draft => draft.Apply(draft.Snapshot.Settings with { LogTail = true }));
        Assert.Null(session.Next());
        tailnet.Edit(draft => draft.Apply(draft.Snapshot.Settings with { LogTail = false }));
        Assert.Equal(new MapResponse { Debug = new DebugSettings { DisableLogTail = true } }, session.Next());
    }

    [Fact]
    public void Next_SettingsAreReadAgainAndSayTheSame_NothingIsSent()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(1));
        tailnet.Edit(draft => draft.Apply(draft.Snapshot.Settings with { Dns = new DnsSettings { SearchDomains = ["a.test"] } }));
        var session = tailnet.Open(1);
        session.First();

        tailnet.Edit(draft => draft.Apply(draft.Snapshot.Settings with
        {
            Dns = new DnsSettings { SearchDomains = ["a.test"] },
            NodeExpiry = TimeSpan.FromDays(1),
            EphemeralTimeout = TimeSpan.FromDays(1),
        }));

        Assert.Null(session.Next());
    }

    [Fact]
    [Trait("Acceptance", "TestNodeDeletedWhileChangesPending")]
    public void Next_IndexIsReused_OldPeerGoesAndNewOneComes()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        var index = tailnet.Entry(2).Index;
        tailnet.EditPresence(2, presence => presence with { HomeDerp = 5 });
        tailnet.Edit(draft => draft.Remove(tailnet.Entry(2)));
        tailnet.Edit(draft => draft.Add(Make.Node(3)));
        Assert.Equal(index, tailnet.Entry(3).Index);

        var message = session.Next()!;

        Assert.Equal([2L], message.PeersRemoved!);
        Assert.Equal([3L], message.PeersChanged!.Select(peer => peer.Id));
        Assert.Null(message.PeersChangedPatch);
    }

    [Fact]
    public void Next_BetweenPublishingAndTelling_IndexReusedByANodeHeldBack_OldPeerStillGoes()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        var client = new SimulatedClient();
        client.Apply(session.First()!);
        tailnet.EditPresence(2, presence => presence with { HomeDerp = 5 });
        tailnet.Publish(draft =>
        {
            draft.Remove(tailnet.Entry(2));
            draft.Add(Make.Node(3) with { DiscoKey = default });
        });

        client.Apply(session.Next()!);
        tailnet.Tell();
        client.Apply(session.Next()!);

        Assert.Empty(client.Peers);
    }

    [Fact]
    public void First_BetweenPublishingAndTelling_HoldsTheChangeAndIsNotToldAgain()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        tailnet.Publish(draft => draft.Add(Make.Node(3)));
        Assert.Equal([2L, 3L], session.First()!.Peers!.Select(peer => peer.Id));

        tailnet.Tell();

        Assert.Null(session.Next());
    }

    [Fact]
    [Trait("Acceptance", "TestUnreadyConnectionDefersBroadcastsUntilInitialMap")]
    public void First_ChangesWereToldBefore_HoldsThemAndNothingIsSentTwice()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(3));
        var session = tailnet.Open(1);
        tailnet.EditPresence(2, presence => presence with { Endpoints = [Make.Endpoint(1)] });
        tailnet.Edit(draft => draft.Remove(tailnet.Entry(3)));
        Assert.Null(session.Next());

        Assert.Equal([Make.Endpoint(1)], Assert.Single(session.First()!.Peers!).Endpoints!);
        Assert.Null(session.Next());
    }

    // Those who are not shown have no disco key.
    [Theory]
    [InlineData(new[] { 2, 3, 4 }, new[] { 2, 3, 4 })]
    [InlineData(new[] { 2, 3, 4 }, new[] { 2, 4 })]
    [InlineData(new[] { 2, 3, 4 }, new[] { 3 })]
    [InlineData(new[] { 2, 3, 4 }, new int[0])]
    [InlineData(new[] { 2, 3 }, new[] { 2, 3, 4 })]
    [InlineData(new int[0], new[] { 2, 3 })]
    [InlineData(new int[0], new int[0])]
    [InlineData(new[] { 2, 3 }, new[] { 4, 5 })]
    [Trait("Acceptance", "TestComputePeerDiff")]
    [Trait("Acceptance", "TestUpdateSentPeers")]
    public void Next_OthersAreThere_SaysWhoCameAndWhoWent(int[] before, int[] after)
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(5));
        Announce(before);
        var session = tailnet.Open(1);
        Assert.Equal(before, session.First()!.Peers!.Select(peer => (int)peer.Id));

        Announce(after);
        var message = session.Next();

        Assert.Equal(after.Except(before), (message?.PeersChanged ?? []).Select(peer => (int)peer.Id));
        Assert.Equal(before.Except(after), (message?.PeersRemoved ?? []).Select(id => (int)id));
        Assert.Null(session.Next());

        void Announce(int[] shown) => tailnet.Edit(draft =>
        {
            foreach (var entry in tailnet.Snapshot.Nodes.Where(entry => entry.Id.Value > 1))
            {
                var id = (int)entry.Id.Value;
                draft.Update(entry, entry.Node with { DiscoKey = shown.Contains(id) ? Make.Disco(id) : default });
            }
        });
    }

    [Fact]
    public async Task NodeRemoved_SessionEndsWithAFarewell()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.Edit(draft => draft.Remove(tailnet.Entry(1)));

        await session.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(SessionEnd.NodeRemoved, session.End);
        Assert.Null(session.Next());
        var farewell = session.Farewell();
        Assert.Equal((1L, true), (farewell.Node!.Id, farewell.Node.Expired));
        Assert.True(farewell.Node.KeyExpiry < tailnet.Time.GetUtcNow());
    }

    [Fact]
    public void NodeRemoved_IndexTakenByAnother_SessionShowsNothingOfIt()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.Edit(draft =>
        {
            draft.Remove(tailnet.Entry(1));
            draft.Add(Make.Node(3));
        });
        tailnet.EditNode(3, node => node with { GivenName = "other" });

        Assert.Equal(SessionEnd.NodeRemoved, session.End);
        Assert.Null(session.Next());
        Assert.Equal(1, session.Farewell().Node!.Id);
    }

    [Fact]
    public void Farewell_IndexTakenByANodeWithTags_TellsNothingOfItsRights()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.Edit(draft =>
        {
            draft.Remove(tailnet.Entry(1));
            draft.Add(Make.Node(3) with { Owner = null, Tags = ["tag:a"] });
        });

        Assert.Contains(NodeCapabilities.IsOwner, tailnet.Open(3).First()!.Node!.CapMap!.Keys);
        Assert.DoesNotContain(NodeCapabilities.IsOwner, session.Farewell().Node!.CapMap!.Keys);
    }

    [Fact]
    [Trait("Acceptance", "TestGenerateMapResponse_InvalidNodeID")]
    public void First_NodeWasRemovedBefore_IsNullAndEnds()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        tailnet.Edit(draft => draft.Remove(tailnet.Entry(1)));

        Assert.Null(session.First());
        Assert.Equal(SessionEnd.NodeRemoved, session.End);
    }

    [Fact]
    public async Task KeyReplaced_OldSessionEnds()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.EditNode(1, node => node with { NodeKey = Make.NodeKey(11) });

        await session.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(SessionEnd.KeyReplaced, session.End);
        Assert.Equal(SessionEnd.None, tailnet.Open(1).End);
    }

    [Fact]
    public void First_KeyWasReplacedWhileOpening_IsNullAndEnds()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var viewer = tailnet.Entry(1);
        tailnet.EditNode(1, node => node with { NodeKey = Make.NodeKey(11) });

        // Looked up before, opened after.
        var session = new MapSession(new MapFeed(() => tailnet.Snapshot), tailnet.Time, viewer, 130);

        Assert.Null(session.First());
        Assert.Equal(SessionEnd.KeyReplaced, session.End);
    }

    [Fact]
    public void Ping_NothingElseToSay_IsAMessageOfItsOwn()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();

        Assert.True(session.TryPing(new PingRequest { Url = "https://here/1" }));
        Assert.True(session.TryPing(new PingRequest { Url = "https://here/2" }));

        Assert.Equal("https://here/1", session.Next()!.PingRequest!.Url);
        Assert.Equal("https://here/2", session.Next()!.PingRequest!.Url);
        Assert.Null(session.Next());
    }

    [Fact]
    public void Ping_OneMoreThanMayWait_IsRefused()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        for (var i = 0; i < MapSession.MaxPings; i++)
        {
            Assert.True(session.TryPing(new PingRequest { Url = "https://here" }));
        }

        Assert.False(session.TryPing(new PingRequest { Url = "https://here" }));
        session.Next();
        Assert.True(session.TryPing(new PingRequest { Url = "https://here" }));
    }

    [Fact]
    [Trait("Acceptance", "TestReauthChange")]
    public void KeyReplaced_PeersGetTheWholeNode()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        var session = tailnet.Open(1);
        session.First();
        tailnet.EditNode(2, node => node with { NodeKey = Make.NodeKey(22) });

        Assert.Equal(Make.NodeKey(22), Assert.Single(session.Next()!.PeersChanged!).Key);
    }
}
