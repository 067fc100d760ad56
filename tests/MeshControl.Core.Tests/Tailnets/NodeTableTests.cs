using System.Net;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Tests.Tailnets;

/// <summary>The table against a list that is searched from end to end.</summary>
public sealed class NodeTableTests
{
    [Theory]
    [Trait("Acceptance", "TestSnapshotFromNodes")]
    [Trait("Acceptance", "TestGetNodesByMachineKeyAllUsers")]
    [Trait("Acceptance", "TestNodeStoreOperations")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Walk_AnyOrder_EqualsANaiveModel(int seed)
    {
        var random = new Random(seed);
        var table = NodeTable.Empty;
        var model = new Dictionary<int, NodeEntry>();
        var history = new List<(NodeTable Table, NodeEntry[] Entries)>();
        var next = 1;
        for (var step = 0; step < 1500; step++)
        {
            var some = model.Count == 0 ? null : model.Values.ElementAt(random.Next(model.Count));
            var growing = (step / 300) % 2 == 0;
            switch (random.Next(6))
            {
                case 0 or 1 when growing || some is null:
                case 2 when some is null:
                    var added = new NodeEntry(table.NextIndex, NewNode(random, next++), NodePresence.None);
                    Assert.False(model.ContainsKey(added.Index));
                    table = table.Add(added);
                    model.Add(added.Index, added);
                    break;
                case 0 or 1 when some is not null:
                    table = table.Remove(some);
                    model.Remove(some.Index);
                    break;
                case 2 when some is not null:
                    Replace(some, some with { Node = Changed(random, some.Node, ref next) });
                    break;
                case 3 when some is not null:
                    Replace(some, some with { Presence = new NodePresence { HomeDerp = step } });
                    break;
                case 4 when model.Count > 1:
                    var other = model.Values.First(entry => entry != some);
                    Swap(some!, other);
                    break;
            }

            if (step % 50 == 0)
            {
                Check(table, model.Values);
                history.Add((table, [.. table]));
            }
        }

        Check(table, model.Values);
        Assert.All(history, past => Assert.Equal(past.Entries, past.Table));

        void Replace(NodeEntry before, NodeEntry after)
        {
            table = table.Replace(before, after);
            model[after.Index] = after;
        }

        // Both at once, as a batch does it: for a moment the two have the same name, key and address.
        void Swap(NodeEntry left, NodeEntry right)
        {
            Replace(left, left with { Node = Take(left.Node, right.Node) });
            Replace(right, right with { Node = Take(right.Node, left.Node) });
        }
    }

    [Fact]
    public void Swap_NamesKeysAndAddresses_BothAreFound()
    {
        var (one, two) = (new NodeEntry(0, Make.Node(1), NodePresence.None), new NodeEntry(1, Make.Node(2), NodePresence.None));
        var table = NodeTable.Empty.Add(one).Add(two);

        table = table
            .Replace(one, one with { Node = Take(one.Node, two.Node) })
            .Replace(two, two with { Node = Take(two.Node, one.Node) });

        Check(table, [.. table]);
    }

    [Fact]
    public void NextIndex_AfterRemovals_UsesTheGapsFirst()
    {
        var table = NodeTable.Empty;
        for (var id = 1; id <= 300; id++)
        {
            table = table.Add(new NodeEntry(table.NextIndex, Make.Node(id), NodePresence.None));
        }

        table = table.Remove(table[7]!).Remove(table[200]!);
        var gaps = new HashSet<int>();
        for (var id = 301; id <= 302; id++)
        {
            gaps.Add(table.NextIndex);
            table = table.Add(new NodeEntry(table.NextIndex, Make.Node(id), NodePresence.None));
        }

        Assert.Equal([7, 200], gaps.Order());
        Assert.Equal((300, 300, 300), (table.NextIndex, table.Capacity, table.Count));
    }

    [Fact]
    [Trait("Acceptance", "TestGetNodesByMachineKeyAllUsers")]
    public void Lookup_WhatIsNotThere_IsFalseAndNull()
    {
        var table = NodeTable.Empty.Add(new NodeEntry(0, Make.Node(1) with { IPv4 = null, IPv6 = null }, NodePresence.None));

        Assert.False(table.TryGet(new NodeId(2), out _));
        Assert.False(table.TryGet(Make.NodeKey(2), out _));
        Assert.False(table.TryGet(IPAddress.Loopback, out _));
        Assert.False(table.TryGetByName("node2", out _));
        Assert.Empty(table.OfMachine(Make.Machine(2)));
        Assert.Null(table[1]);
        Assert.Null(table[-1]);
        Assert.Null(table[int.MaxValue]);
    }

    private static Node Take(Node node, Node from) => node with
    {
        NodeKey = from.NodeKey,
        GivenName = from.GivenName,
        IPv4 = from.IPv4,
        IPv6 = from.IPv6,
    };

    // Few machines, so that several nodes share one.
    private static Node NewNode(Random random, int id) => Make.Node(id) with
    {
        MachineKey = Make.Machine(random.Next(20)),
        IPv4 = random.Next(5) == 0 ? null : Make.IPv4(id),
    };

    private static Node Changed(Random random, Node node, ref int next) => random.Next(5) switch
    {
        0 => node with { GivenName = $"name{next++}" },
        1 => node with { NodeKey = Make.NodeKey(next++) },
        2 => node with { IPv4 = Make.IPv4(next++) },
        3 => node with { IPv6 = null },
        _ => node with { MachineKey = Make.Machine(random.Next(20)) },
    };

    private static void Check(NodeTable table, IReadOnlyCollection<NodeEntry> model)
    {
        Assert.Equal(model.Count, table.Count);
        Assert.Equal(model.OrderBy(entry => entry.Index), table);
        foreach (var entry in model)
        {
            Assert.Same(entry, table[entry.Index]);
            Assert.True(table.TryGet(entry.Id, out var byId) && byId == entry);
            Assert.True(table.TryGet(entry.Node.NodeKey, out var byKey) && byKey == entry);
            Assert.True(table.TryGetByName(entry.Node.GivenName, out var byName) && byName == entry);
            foreach (var address in new[] { entry.Node.IPv4, entry.Node.IPv6 }.OfType<IPAddress>())
            {
                Assert.True(table.TryGet(address, out var byAddress) && byAddress == entry);
            }
        }

        foreach (var machine in model.Select(entry => entry.Node.MachineKey).Append(new MachinePublicKey(default)).Distinct())
        {
            Assert.Equal(
                model.Where(entry => entry.Node.MachineKey == machine).Select(entry => entry.Index).Order(),
                table.OfMachine(machine).Select(entry => entry.Index).Order());
        }

        Assert.Null(table[table.NextIndex]);
    }
}
