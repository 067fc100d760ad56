using System.Text;
using MeshControl.Core.Maps;
using MeshControl.Core.Maps.Rendering;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Policy.Access;
using MeshControl.Policy.World;
using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Maps.Rendering;

/// <summary>What is put together from kept pieces, for viewers one after another, is what each of them would be told from scratch.</summary>
public sealed class RenderingTests
{
    private static ReadOnlySpan<byte> FrameMagic => [0x28, 0xB5, 0x2F, 0xFD];

    private static readonly string[] Policies =
    [
        "{}",
        """{"acls": []}""",
        """{"tagOwners": {"tag:a": []}, "acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:a:22", "autogroup:self:*"]}]}""",
        """{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}], "nodeAttrs": [{"target": ["user2@"], "attr": ["disable-ipv4"]}]}""",
    ];

    [Fact]
    public void Full_RandomTailnetsSeenByManyViewers_IsWhatEachWouldBeToldFromScratch()
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            using var tailnet = RandomTailnet(random, nodes: random.Next(1, 400));
            var now = tailnet.Time.GetUtcNow();
            for (var step = 0; step < 40; step++)
            {
                if (random.Next(4) == 0)
                {
                    Edit(tailnet, random);
                    now += TimeSpan.FromDays(random.Next(60));
                }

                var viewer = tailnet.Snapshot.Nodes.ElementAt(random.Next(tailnet.Snapshot.Nodes.Count));
                var message = MapBuilder.Full(tailnet.Snapshot, viewer, now);
                var expected = FromScratch(tailnet.Snapshot, viewer, now);

                Assert.Equal(expected, ControlJson.Parse<MapResponse>(message.Body(compress: false)));
                Assert.Equal(expected, ControlJson.Parse<MapResponse>(MapMessageReading.Unpack(message.Body(compress: true))));
            }
        }
    }

    [Fact]
    public void Renderings_OneMoreViewThanIsKept_TheOldestIsMadeAgain()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(1));
        var entry = tailnet.Snapshot.Nodes.Single();
        var renderings = new PeerRenderings();
        var views = Enumerable.Range(0, PeerRenderings.MaxKept + 1)
            .Select(number => new PeerView($"domain{number}.test", false, PeerRoutes.None, WireMap.Empty<string, WireList<RawJson>?>(), false))
            .ToArray();

        var first = views.Select(view => renderings.Of(entry, view)).ToArray();

        Assert.All(Enumerable.Range(1, PeerRenderings.MaxKept), kept => Assert.Same(first[kept], renderings.Of(entry, views[kept])));
        Assert.NotSame(first[0], renderings.Of(entry, views[0]));
        Assert.Equal(first[0], renderings.Of(entry, views[0]));
    }

    [Fact]
    public void SharedFrames_OneMoreSetThanIsKept_TheOldestIsForgotten()
    {
        var frames = new SharedFrames();
        var sets = Enumerable.Range(0, SharedFrames.MaxKept + 1)
            .Select(_ => Enumerable.Range(0, SharedFrames.MinPeers).Select(_ => "{}"u8.ToArray()).ToArray())
            .ToArray();
        using var body = new MapFrameWriter(new ZstdCompressor()).Begin(compress: true);

        // Who asks first is not answered, but remembered.
        Assert.All(sets, set => Assert.Null(frames.Find(set, isFirst: false, body)));

        Assert.NotNull(frames.Find(sets[^1], isFirst: false, body));
        Assert.Null(frames.Find(sets[0], isFirst: false, body));
    }

    [Fact]
    public void Full_LargeTailnet_SecondViewerIsSentWhatWasCompressedForTheFirst()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(3 * NodeChunk.Size));
        var viewers = tailnet.Snapshot.Nodes.Take(4).ToArray();

        var bodies = viewers.Select(viewer => MapBuilder.Full(tailnet.Snapshot, viewer, Make.Created).Body(compress: true)).ToArray();

        Assert.Equal(1, CountFrames(bodies[0]));
        Assert.Equal(4, CountFrames(bodies[1]));

        // Chunks of others make up most of the body, and lie in it byte for byte.
        var common = bodies[2].AsSpan(bodies[2].Length / 2, 2000);
        Assert.True(bodies[1].AsSpan().IndexOf(common) >= 0);
        Assert.True(bodies[3].AsSpan().IndexOf(common) >= 0);
        for (var i = 0; i < viewers.Length; i++)
        {
            Assert.Equal(
                FromScratch(tailnet.Snapshot, viewers[i], Make.Created), ControlJson.Parse<MapResponse>(MapMessageReading.Unpack(bodies[i])));
        }
    }

    [Fact]
    public void Full_ChunkChanged_FramesOfTheOthersStay()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(3 * NodeChunk.Size));
        var viewer = tailnet.Entry(1);
        _ = MapBuilder.Full(tailnet.Snapshot, viewer, Make.Created).Body(compress: true);
        tailnet.EditPresence(NodeChunk.Size + 5, presence => presence with { HomeDerp = 7 });

        var body = MapBuilder.Full(tailnet.Snapshot, viewer, Make.Created).Body(compress: true);

        // The last chunk is shared; the one before changed, and goes with the first in the viewer's own text.
        Assert.Equal(3, CountFrames(body));
        var map = ControlJson.Parse<MapResponse>(MapMessageReading.Unpack(body));
        Assert.Equal(7, map.Peers!.Single(peer => peer.Id == NodeChunk.Size + 5).HomeDerp);
    }

    [Fact]
    public void Full_AllPeersInSharedFrames_ListHasNoCommaBefore()
    {
        // Nobody of the first chunk is the viewer, and the second chunk holds nobody else.
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(NodeChunk.Size + 1));
        var viewer = tailnet.Entry(NodeChunk.Size + 1);

        for (var i = 0; i < 3; i++)
        {
            var json = MapMessageReading.Unpack(MapBuilder.Full(tailnet.Snapshot, viewer, Make.Created).Body(compress: true));
            Assert.Equal(FromScratch(tailnet.Snapshot, viewer, Make.Created), ControlJson.Parse<MapResponse>(json));
        }
    }

    [Fact]
    public void Render_SameView_IsTheSameArray()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(3));
        var peer = tailnet.Entry(3);

        var first = Views(tailnet, 1).Render(peer);

        Assert.Same(first, Views(tailnet, 2).Render(peer));
        Assert.Same(first, Views(tailnet, 1, TimeSpan.FromDays(1)).Render(peer));
    }

    [Fact]
    public void Render_KeyExpiresMeanwhile_IsRenderedAgain()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        tailnet.EditNode(2, node => node with { Expiry = Make.Created.AddDays(1) });

        Assert.False(Rendered(tailnet, TimeSpan.Zero).Expired);
        Assert.True(Rendered(tailnet, TimeSpan.FromDays(2)).Expired);
        Assert.False(Rendered(tailnet, TimeSpan.Zero).Expired);
    }

    [Fact]
    public void Render_OtherDomain_IsRenderedAgain()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(2));
        Assert.Equal("node2.mesh.test.", Rendered(tailnet, TimeSpan.Zero).Name);

        tailnet.Edit(draft => draft.Apply(draft.Snapshot.Settings with { BaseDomain = "other.test" }));

        Assert.Equal("node2.other.test.", Rendered(tailnet, TimeSpan.Zero).Name);
    }

    [Fact]
    public void Renderings_MoreViewsThanAreKept_EachIsRight()
    {
        var entry = new NodeEntry(0, Make.Node(1), NodePresence.None);
        var attributes = WireMap.Empty<string, WireList<RawJson>?>();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 10; i++)
            {
                var view = new PeerView($"domain{i}.test", i % 2 == 0, PeerRoutes.None, attributes, i % 3 == 0);

                var node = ControlJson.Parse<MapNode>(entry.Renderings.Of(entry, view));

                Assert.Equal(MapNodes.Peer(entry, view), node);
                Assert.Equal($"node1.domain{i}.test.", node.Name);
            }
        }
    }

    [Fact]
    public void Renderings_Routes_AreAViewOfTheirOwn()
    {
        var entry = new NodeEntry(0, Make.Node(1), NodePresence.None);
        var attributes = WireMap.Empty<string, WireList<RawJson>?>();
        var route = IpPrefix.Parse("10.0.0.0/8");
        var without = new PeerView("mesh.test", false, PeerRoutes.None, attributes, false);

        Assert.Null(ControlJson.Parse<MapNode>(entry.Renderings.Of(entry, without)).PrimaryRoutes);
        var with = ControlJson.Parse<MapNode>(entry.Renderings.Of(entry, without with { Routes = new PeerRoutes([route], [route]) }));
        Assert.Equal([route], with.PrimaryRoutes);
        Assert.Contains(route, with.AllowedIps!);
    }

    [Fact]
    public void NodeEntry_Copy_BeginsWithoutRenderingsAndIsEqual()
    {
        var entry = new NodeEntry(0, Make.Node(1), NodePresence.None);
        var view = new PeerView("mesh.test", false, PeerRoutes.None, WireMap.Empty<string, WireList<RawJson>?>(), false);
        entry.Renderings.Of(entry, view);

        var copy = entry with { };
        var moved = entry with { Presence = entry.Presence with { HomeDerp = 7 } };

        Assert.Equal(entry, copy);
        Assert.Equal(entry.GetHashCode(), copy.GetHashCode());
        Assert.NotEqual(entry, moved);
        Assert.Equal(7, ControlJson.Parse<MapNode>(moved.Renderings.Of(moved, view)).HomeDerp);
    }

    [Fact]
    public void Full_Json_HasEachMemberOnce()
    {
        using var tailnet = new SteppedTailnet(Seeds.WithNodes(3));

        var json = Encoding.UTF8.GetString(MapBuilder.Full(tailnet.Snapshot, tailnet.Entry(1), Make.Created).Body(compress: false));

        using var document = System.Text.Json.JsonDocument.Parse(json);
        var names = document.RootElement.EnumerateObject().Select(member => member.Name).ToArray();
        Assert.Equal(names.Distinct(), names);
    }

    private static MapNode Rendered(SteppedTailnet tailnet, TimeSpan later) =>
        ControlJson.Parse<MapNode>(Views(tailnet, 1, later).Render(tailnet.Entry(2)));

    private static PeerViews Views(SteppedTailnet tailnet, int viewer, TimeSpan later = default) =>
        new(tailnet.Snapshot, tailnet.Entry(viewer), Make.Created + later);

    /// <summary>Peers as fresh records of entries that nothing was rendered of.</summary>
    private static MapResponse FromScratch(TailnetSnapshot snapshot, NodeEntry viewer, DateTimeOffset now)
    {
        var access = snapshot.Access;
        var peers = snapshot.Nodes.Where(entry => entry.IsAnnounced && access.Sees(viewer.Index, entry.Index)).ToArray();
        return MapBuilder.Full(snapshot, viewer, now).ToResponse() with
        {
            Peers = WireList.CopyOf(peers.Select(peer => MapNodes.Peer(peer with { }, new PeerViews(snapshot, viewer, now).Of(peer)))),
            UserProfiles = WireList.CopyOf(peers.Append(viewer).Select(entry => UserProfiles.OfOwner(snapshot, entry.Node)).DistinctBy(profile => profile.Id).OrderBy(profile => profile.Id)),
        };
    }

    private static SteppedTailnet RandomTailnet(Random random, int nodes)
    {
        var tailnet = new SteppedTailnet(Seeds.WithNodes(nodes));
        tailnet.Edit(draft =>
        {
            foreach (var entry in draft.Snapshot.Nodes.ToArray())
            {
                var node = entry.Node with
                {
                    DiscoKey = random.Next(20) == 0 ? default : entry.Node.DiscoKey,
                    Expiry = random.Next(3) == 0 ? Make.Created.AddDays(random.Next(200)) : null,
                };
                node = random.Next(4) switch
                {
                    0 => node with { Tags = ["tag:a"], Owner = null },
                    1 => node with { Owner = new UserId(2) },
                    _ => node,
                };
                draft.Update(entry, node, entry.Presence with { Online = random.Next(2) == 0, LastSeen = Make.Created, HomeDerp = random.Next(3) });
            }
        });
        SetPolicy(tailnet, random);
        return tailnet;
    }

    private static void Edit(SteppedTailnet tailnet, Random random)
    {
        if (random.Next(3) == 0)
        {
            SetPolicy(tailnet, random);
            return;
        }

        var entry = tailnet.Snapshot.Nodes.ElementAt(random.Next(tailnet.Snapshot.Nodes.Count));
        tailnet.Edit(draft =>
        {
            switch (random.Next(5))
            {
                case 0 when draft.Snapshot.Nodes.Count > 2:
                    draft.Remove(entry);
                    break;
                case 1:
                    draft.Add(Make.Node(random.Next(1000, 60_000)));
                    break;
                case 2:
                    draft.Update(entry, entry.Node with { GivenName = $"renamed{random.Next()}" });
                    break;
                case 3:
                    draft.Put(draft.Snapshot.Users[new UserId(random.Next(1, 3))] with { DisplayName = $"Name {random.Next()}" });
                    break;
                default:
                    draft.Update(entry, presence: entry.Presence with { Online = !entry.Presence.Online, Endpoints = [Make.Endpoint(random.Next(1, 9))] });
                    break;
            }
        });
    }

    private static void SetPolicy(SteppedTailnet tailnet, Random random)
    {
        tailnet.SetPolicy(Policies[random.Next(Policies.Length)]);
        tailnet.Edit(draft => draft.Put(draft.Snapshot.Users[new UserId(2)] with { Role = (UserRole)random.Next(3) }));
    }

    private static int CountFrames(ReadOnlySpan<byte> body)
    {
        var count = 0;
        for (int at; (at = body.IndexOf(FrameMagic)) >= 0; body = body[(at + 1)..])
        {
            count++;
        }

        return count;
    }
}
