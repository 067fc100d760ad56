using MeshControl.Derp.Map;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Tests.Map;

public sealed class NodeOrderTests
{
    private static readonly string[] Names = ["1a", "1b", "1c", "1d", "1e", "1f"];

    // Values, not only repetition: they must be the same in the next process, and the next release.
    [Theory]
    [Trait("Acceptance", "TestShuffleDERPMapDeterministic")]
    [InlineData("mesh.internal")]
    [InlineData("example.org")]
    [InlineData("corp.example.com")]
    public void For_Domain_GivesAnOrderThatDependsOnItAlone(string domain)
    {
        var order = Order(Names, domain);

        Assert.Equal(Names, order.Order(StringComparer.Ordinal));
        Assert.Equal(order, Order([.. Names.Reverse()], domain));
        Assert.Equal(Expected(domain), string.Join(' ', order));
    }

    [Fact]
    public void For_Domains_DifferInWhoComesFirst()
    {
        var first = Enumerable.Range(0, 50).Select(i => Order(Names, $"net{i}.example")[0]).Distinct();

        Assert.Equal(Names, first.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void For_NodeThatGoesOrComes_LeavesTheOthersInOrder()
    {
        var all = Order(Names, "mesh.internal");

        foreach (var gone in Names)
        {
            Assert.Equal(all.Where(name => name != gone), Order([.. Names.Where(name => name != gone)], "mesh.internal"));
        }
    }

    [Fact]
    [Trait("Acceptance", "TestShuffleDERPMapEdgeCases")]
    public void For_NothingToOrder_IsAsItWas()
    {
        DerpMap[] maps =
        [
            new DerpMap(),
            Maps.Of(),
            Maps.Of((1, null)),
            Maps.Of((1, new DerpRegion())),
            Maps.Of((1, Maps.Region())),
            Maps.Of((1, Maps.Region("1a"))),
        ];

        Assert.All(maps, map => Assert.Equal(map, NodeOrder.For(map, "mesh.internal")));
    }

    [Fact]
    [Trait("Acceptance", "TestShuffleDERPMapWithoutBaseDomain")]
    public void For_NoDomain_IsAnOrderAsWell()
    {
        Assert.Equal(Order(Names, ""), Order([.. Names.Reverse()], ""));
        Assert.Equal(Names, Order(Names, "").Order(StringComparer.Ordinal));
    }

    private static string Expected(string domain) => domain switch
    {
        "mesh.internal" => "1c 1d 1f 1e 1b 1a",
        "example.org" => "1b 1a 1e 1d 1c 1f",
        _ => "1c 1e 1b 1a 1f 1d",
    };

    private static string[] Order(string[] names, string domain) =>
        [.. NodeOrder.For(Maps.Of((1, Maps.Region(names))), domain).Regions![1]!.Nodes!.Select(node => node.Name)];
}
