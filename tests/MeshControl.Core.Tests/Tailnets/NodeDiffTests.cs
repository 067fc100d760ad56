using System.Collections.Immutable;
using System.Net;
using System.Reflection;
using MeshControl.Core.Maps;
using MeshControl.Core.Maps.Rendering;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Tests.Tailnets;

/// <summary>No property that somebody can see may change without being noticed.</summary>
public sealed class NodeDiffTests
{
    private static readonly Node Node = Make.Node(1) with { Tags = ["tag:a"], Owner = null };

    private static readonly NodePresence Presence = new()
    {
        LastSeen = Make.Created,
        Endpoints = [Make.Endpoint(1)],
        HomeDerp = 1,
        NetInfo = new NetInfo { HavePortMap = true },
    };

    /// <summary>Properties that change without anybody having to be told, each for its reason.</summary>
    private static readonly Dictionary<string, string> Unseen = new()
    {
        [nameof(Model.Node.Id)] = "is what makes it this node",
        [nameof(Model.Node.CreatedAt)] = "never changes",
        [nameof(Model.Node.GivenNameFixed)] = "only says how the name will change",
        [nameof(Model.Node.Method)] = "is for administrators",
        [nameof(Model.Node.AuthKey)] = "is for administrators",
        [nameof(NodePresence.NetInfo)] = "is what the client itself measured; the home region is a property of its own",
    };

    public static TheoryData<string> Properties =>
        new(Settable(typeof(Node)).Concat(Settable(typeof(NodePresence))).Select(property => property.Name));

    [Theory]
    [MemberData(nameof(Properties))]
    public void Between_OnePropertyDiffers_IsAnAspectUnlessNobodySeesIt(string name)
    {
        var before = new NodeEntry(0, Node, Presence);
        var after = Settable(typeof(Node)).Any(property => property.Name == name)
            ? before with { Node = With(Node, name) }
            : before with { Presence = With(Presence, name) };

        var (there, back) = (NodeDiff.Between(before, after), NodeDiff.Between(after, before));

        // Who is let in appears; who has to wait again is hidden.
        Assert.Equal(there, name == nameof(Model.Node.NeedsApproval) ? back & ~NodeAspects.Appeared : back);
        Assert.True(Unseen.ContainsKey(name) == (there == NodeAspects.None), $"A change of {name} is {there}.");
        if (there == NodeAspects.None && name is not (nameof(Model.Node.Id) or nameof(Model.Node.CreatedAt)))
        {
            var views = new PeerViews(TailnetSnapshot.From(Seeds.WithNodes(0), Make.Settings()), before, Make.Created);
            Assert.Equal(MapNodes.Peer(before, views.Of(before)), MapNodes.Peer(after, views.Of(after)));
        }
    }

    [Fact]
    public void Unseen_NamesRealProperties()
    {
        Assert.All(Unseen.Keys, name => Assert.Contains(name, Properties.Select(row => row.Data)));
    }

    [Fact]
    public void Between_EqualButOtherObjects_IsNone()
    {
        var before = new NodeEntry(0, Node, Presence);
        var copy = new NodeEntry(
            0,
            Node with { Tags = [.. Node.Tags], Hostinfo = Node.Hostinfo with { } },
            Presence with { Endpoints = [.. Presence.Endpoints] });

        Assert.Equal(NodeAspects.None, NodeDiff.Between(before, copy));
    }

    [Fact]
    public void Between_LastSeenOfAnOnlineNode_IsNoNews()
    {
        var before = new NodeEntry(0, Node, Presence with { Online = true });

        Assert.Equal(
            NodeAspects.None,
            NodeDiff.Between(before, before with { Presence = before.Presence with { LastSeen = Make.Created.AddDays(1) } }));
    }

    [Theory]
    [InlineData(true, NodeAspects.Appeared)]
    [InlineData(false, NodeAspects.SelfOnly)]
    public void Between_NewNode_AppearsWhenItCanBeReached(bool announced, NodeAspects expected)
    {
        var entry = new NodeEntry(0, announced ? Node : Node with { DiscoKey = default }, Presence);

        Assert.Equal(expected, NodeDiff.Between(null, entry));
        Assert.Equal(NodeAspects.Disappeared, NodeDiff.Between(entry, null));
    }

    [Fact]
    public void Between_HeldBack_OnlyTheNodeItselfIsTold()
    {
        var before = new NodeEntry(0, Node with { DiscoKey = default }, Presence);
        var renamed = before with { Node = before.Node with { GivenName = "other" } };

        Assert.Equal(NodeAspects.SelfOnly, NodeDiff.Between(before, renamed));
        Assert.Equal(NodeAspects.None, NodeDiff.Between(before, before with { Node = before.Node with { AuthKey = new(9) } }));
        Assert.True((NodeDiff.Between(before, renamed with { Node = renamed.Node with { DiscoKey = Make.Disco(1) } }) & NodeAspects.Appeared) != 0);
    }

    [Fact]
    public void Between_DiscoKeyIsLost_OthersAreToldToForgetIt()
    {
        var before = new NodeEntry(0, Node, Presence);
        var after = before with { Node = Node with { DiscoKey = default } };

        Assert.NotEqual(NodeAspects.SelfOnly, NodeDiff.Between(before, after));
    }

    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite);

    /// <summary>A copy in which one property has another value.</summary>
    private static T With<T>(T record, string name)
        where T : class
    {
        var copy = (T)typeof(T).GetMethod("<Clone>$")!.Invoke(record, null)!;
        var property = typeof(T).GetProperty(name)!;
        var other = Other(property);
        Assert.NotEqual(property.GetValue(record), other);
        property.SetValue(copy, other);
        return copy;
    }

    private static object? Other(PropertyInfo property) => property.Name switch
    {
        nameof(Model.Node.Tags) => ImmutableArray.Create("tag:b"),
        nameof(NodePresence.Endpoints) => ImmutableArray.Create(Make.Endpoint(2)),
        nameof(Model.Node.Method) => RegisterMethod.Cli,
        nameof(Model.Node.Hostinfo) => Node.Hostinfo with { Hostname = "other" },
        nameof(NodePresence.NetInfo) => new NetInfo { HavePortMap = true, PreferredDerp = 9 },
        _ when property.PropertyType == typeof(bool) => true,
        _ when property.PropertyType == typeof(int) => 77,
        _ when property.PropertyType == typeof(string) => "other",
        _ when property.PropertyType == typeof(IPAddress) => IPAddress.Parse("100.64.9.9"),
        _ when property.PropertyType == typeof(NodeId) => new NodeId(77),
        _ when property.PropertyType == typeof(UserId?) => new UserId(77),
        _ when property.PropertyType == typeof(PreAuthKeyId?) => new PreAuthKeyId(77),
        _ when property.PropertyType == typeof(DateTimeOffset) || property.PropertyType == typeof(DateTimeOffset?) => Make.Created.AddDays(77),
        _ when property.PropertyType == typeof(MachinePublicKey) => Make.Machine(77),
        _ when property.PropertyType == typeof(NodePublicKey) => Make.NodeKey(77),
        _ when property.PropertyType == typeof(DiscoPublicKey) => Make.Disco(77),
        _ when property.PropertyType == typeof(NetworkLockPublicKey) => Make.NlKey(77),
        _ => throw new InvalidOperationException($"Say here what else {property.DeclaringType!.Name}.{property.Name} could be."),
    };
}
