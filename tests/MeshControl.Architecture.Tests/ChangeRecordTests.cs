using System.Collections.Immutable;
using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using MeshControl.Architecture.Tests.Support;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Architecture.Tests;

/// <summary>A change that nobody is told of is the worst kind of fault: nothing fails, and the network is wrong.</summary>
public sealed class ChangeRecordTests
{
    /// <summary>What no other node is ever shown.</summary>
    private static readonly Dictionary<string, string> Unseen = new()
    {
        ["Node.Id"] = "a node with another id is another node",
        ["Node.CreatedAt"] = "set once",
        ["Node.GivenNameFixed"] = "says who may change the name, not what it is",
        ["Node.Method"] = "the administrator's business",
        ["Node.AuthKey"] = "the administrator's business",
        ["NodePresence.NetInfo"] = "only the home region of it is shown, and that is a field of its own",
        ["NodePresence.LastSeen"] = "shown of nodes that are offline alone: has its own test",
    };

    private static readonly Node Before = new()
    {
        Id = new NodeId(1),
        MachineKey = Key<MachinePublicKey>(1),
        NodeKey = Key<NodePublicKey>(2),
        DiscoKey = Key<DiscoPublicKey>(3),
        GivenName = "one",
        Hostinfo = new Hostinfo { Hostname = "one" },
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private static readonly NodePresence Present = new() { Online = true };

    [Fact]
    public void Aspects_AreSingleBits_SoThatTheyMerge()
    {
        var bits = Enum.GetValues<NodeAspects>().Where(aspect => aspect != NodeAspects.None).Select(aspect => (int)aspect).ToArray();
        Assert.All(bits, bit => Assert.True(int.IsPow2(bit)));
        Assert.Distinct(bits);
    }

    [Fact]
    public void Aspect_IsFoundByTheComparison()
    {
        var comparison = Repository.Text("src/MeshControl.Core/Tailnets/NodeDiff.cs");
        Assert.Equal([], Enum.GetNames<NodeAspects>().Where(name => !Mentions(comparison, name)));
    }

    [Fact]
    public void Aspect_IsUsedByTheMaps()
    {
        // That a node is gone shows in its transition, and the others of these say that there is nothing to tell.
        string[] implied = [nameof(NodeAspects.None), nameof(NodeAspects.Disappeared)];
        var maps = string.Concat(Repository.Sources("src/MeshControl.Core/Maps").Select(Repository.Text));
        Assert.Equal([], Enum.GetNames<NodeAspects>().Except(implied).Where(name => !Mentions(maps, name)));
    }

    [Fact]
    public void Property_OfANode_IsCompared()
    {
        var forgotten =
            from property in Settable(typeof(Node))
            let after = With(Before, property)
            where NodeDiff.Between(Entry(Before, Present), Entry(after, Present)) == NodeAspects.None
            select $"Node.{property.Name}";
        var forgottenPresence =
            from property in Settable(typeof(NodePresence))
            let after = With(Present, property)
            where NodeDiff.Between(Entry(Before, Present), Entry(Before, after)) == NodeAspects.None
            select $"NodePresence.{property.Name}";
        Allowance.Check(forgotten.Concat(forgottenPresence), Unseen);
    }

    [Fact]
    public void LastSeen_OfAnOfflineNode_IsCompared()
    {
        var away = new NodePresence { LastSeen = DateTimeOffset.UnixEpoch };
        var later = away with { LastSeen = DateTimeOffset.UnixEpoch.AddMinutes(1) };
        Assert.Equal(NodeAspects.Online, NodeDiff.Between(Entry(Before, away), Entry(Before, later)));
    }

    private static bool Mentions(string text, string aspect) => Regex.IsMatch(text, $@"\bNodeAspects\.{aspect}\b");

    private static NodeEntry Entry(Node node, NodePresence presence) => new(0, node, presence);

    private static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties().Where(property => property.CanWrite);

    /// <summary>A copy with another value in one property.</summary>
    private static T With<T>(T original, PropertyInfo property)
        where T : class
    {
        var copy = typeof(T).GetMethod("<Clone>$")!.Invoke(original, null)!;
        var value = Another(property);
        Assert.NotEqual(property.GetValue(original), value);
        property.SetValue(copy, value);
        return (T)copy;
    }

    private static object Another(PropertyInfo property) => property.PropertyType switch
    {
        var type when type == typeof(NodeId) => new NodeId(2),
        var type when type == typeof(UserId?) => new UserId(2),
        var type when type == typeof(PreAuthKeyId?) => new PreAuthKeyId(2),
        var type when type == typeof(RegisterMethod) => RegisterMethod.Cli,
        var type when type == typeof(ImmutableArray<string>) => ImmutableArray.Create("tag:two"),
        var type when type == typeof(ImmutableArray<IPEndPoint>) => ImmutableArray.Create(new IPEndPoint(IPAddress.Loopback, 2)),
        var type when type == typeof(IPAddress) => IPAddress.Parse("100.64.0.2"),
        var type when type == typeof(MachinePublicKey) => Key<MachinePublicKey>(9),
        var type when type == typeof(NodePublicKey) => Key<NodePublicKey>(9),
        var type when type == typeof(DiscoPublicKey) => Key<DiscoPublicKey>(9),
        var type when type == typeof(NetworkLockPublicKey) => Key<NetworkLockPublicKey>(9),
        var type when type == typeof(string) => "two",
        var type when type == typeof(int) => 2,
        var type when type == typeof(bool) => !(property.Name == nameof(NodePresence.Online)),
        var type when type == typeof(Hostinfo) => new Hostinfo { Hostname = "two" },
        var type when type == typeof(NetInfo) => new NetInfo { PreferredDerp = 2 },
        var type when type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?) => DateTimeOffset.UnixEpoch.AddDays(2),
        var type => throw new NotSupportedException($"{property.Name} has the type {type}, which this test cannot vary yet."),
    };

    private static TKey Key<TKey>(byte first)
        where TKey : struct, IPublicKey<TKey>
    {
        var bytes = new byte[KeyBytes.Length];
        bytes[0] = first;
        return TKey.FromBytes(new KeyBytes(bytes));
    }
}
